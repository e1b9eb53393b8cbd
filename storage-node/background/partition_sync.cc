#include "storage-node/background/partition_sync.h"

#include <algorithm>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "common/cluster/map_change.h"
#include "common/telemetry/log.h"

namespace trebol {
namespace {

constexpr size_t kPartitionsPerCall = 2048;
constexpr size_t kPage = 1000;
constexpr absl::Duration kSummariseEvery = absl::Seconds(1);  // as often as heartbeats ask
// What is copied at a time: as much as keeps a peer and the disk busy, and no more memory.
constexpr size_t kMostAtOnce = 64;
constexpr uint64_t kMostBytesAtOnce = 8 * kMiB;

bool IsOut(const ClusterMap& map, NodeId node) {
  const v1::ClusterNode* found = map.FindNode(node);
  return found == nullptr || found->state() == v1::ClusterNode::OUT;
}

bool IsDown(const ClusterMap& map, NodeId node) {
  const v1::ClusterNode* found = map.FindNode(node);
  return found == nullptr || found->down();
}

/// Whom a member compares itself with.
std::vector<NodeId> PeersOf(const ReplicaSet& set, NodeId self, const ClusterMap& map) {
  std::vector<NodeId> peers = set.Members();
  peers.insert(peers.end(), set.leaving.begin(), set.leaving.end());
  std::erase_if(peers, [&](NodeId node) { return node == self || IsOut(map, node); });
  return peers;
}

}  // namespace

absl::Duration PartitionSync::Tick() {
  const auto table = map_.table();
  const auto map = map_.map();
  if (table == nullptr || map == nullptr || IsOut(*map, map_.self())) return options_.retry;
  suspects_.merge(map_.suspects().Take());
  const uint64_t copied_before = report().copied_chunks;
  std::vector<Pull> pulls;
  absl::Status problem;
  for (const auto& [node, sets] : Due(*table, *map, clock_.Now())) {
    if (stop_.stopped()) return absl::ZeroDuration();
    const absl::Status compared = CompareWith(node, sets, &pulls);
    if (!compared.ok()) {
      problem = Annotate(compared, absl::StrCat("comparing with node ", ToString(node)));
    }
  }
  if (problem.ok()) suspects_.clear();
  Summarise(*table, *map);
  // The most endangered first: a copy that is lost before one that only changes its place.
  absl::c_stable_sort(pulls, [&](const Pull& a, const Pull& b) {
    return SourcesOf((*table)[a.partition.value], *map) <
           SourcesOf((*table)[b.partition.value], *map);
  });
  for (const Pull& pull : pulls) {
    if (stop_.stopped() || map_.table() != table) break;  // a newer map: begin anew
    const absl::Status pulled = PullFrom(pull, *table, *map);
    if (!pulled.ok()) {
      problem = Annotate(pulled, absl::StrCat("copying partition ", pull.partition.value,
                                              " from node ", ToString(pull.from)));
    }
    // It looks at every partition, and there may be as many pulls.
    if (clock_.Now() - summarised_at_ >= kSummariseEvery) Summarise(*table, *map);
  }
  Summarise(*table, *map);
  MutexLock lock(&mutex_);
  if (!problem.ok() && problem != report_.problem) {
    Log(LogLevel::kWarning, "storage", "copies could not be compared or made; trying again",
        {{"why", std::string(problem.message())}});
  }
  if (const uint64_t copied = report_.copied_chunks - copied_before; copied > 0) {
    Log(LogLevel::kInfo, "storage", "missing copies were made",
        {{"chunks", std::to_string(copied)},
         {"still missing", std::to_string(report_.missing_chunks)}});
  }
  report_.problem = problem;
  if (map_.table() != table) return absl::ZeroDuration();
  return problem.ok() && report_.unequal_partitions == 0 ? options_.interval : options_.retry;
}

PartitionSync::Report PartitionSync::report() const {
  MutexLock lock(&mutex_);
  return report_;
}

std::map<NodeId, std::vector<const ReplicaSet*>> PartitionSync::Due(const MapView::Table& table,
                                                                    const ClusterMap& map,
                                                                    Instant now) {
  std::map<NodeId, std::vector<const ReplicaSet*>> due;
  std::map<PairKey, Pair> known = std::move(pairs_);
  pairs_.clear();
  for (const ReplicaSet& set : table) {
    if (!set.IsMember(map_.self())) continue;
    for (const NodeId node : PeersOf(set, map_.self(), map)) {
      Pair& pair = pairs_[{node, set.partition}];
      const auto before = known.find({node, set.partition});
      if (before != known.end() && before->second.epoch == set.epoch) pair = before->second;
      pair.epoch = set.epoch;
      if (IsDown(map, node)) {
        // It may come back with more than it had: nothing is known of it until then.
        pair = {.epoch = set.epoch};
        continue;
      }
      const bool is_due = !pair.complete || now - pair.compared_at >= options_.interval ||
                          suspects_.contains(set.partition);
      if (is_due) due[node].push_back(&set);
    }
  }
  return due;
}

absl::Status PartitionSync::CompareWith(NodeId node, const std::vector<const ReplicaSet*>& sets,
                                        std::vector<Pull>* pulls) {
  const size_t partitions = map_.table()->size();
  for (size_t begin = 0; begin < sets.size(); begin += kPartitionsPerCall) {
    const absl::Span<const ReplicaSet* const> part =
        absl::MakeConstSpan(sets).subspan(begin, kPartitionsPerCall);
    ASSIGN_OR_RETURN(const std::vector<DecidedMark> marks, inventory_.DecidedMarks());
    ASSIGN_OR_RETURN(const auto theirs, peers_.Compare(node, part, marks));
    std::vector<PartitionId> asked;
    for (const ReplicaSet* set : part) asked.push_back(set->partition);
    ASSIGN_OR_RETURN(const auto own, inventory_.Digests(asked, partitions, marks));
    for (size_t i = 0; i < part.size(); ++i) {
      const auto& digest = theirs.digests(static_cast<int>(i));
      Pair& pair = pairs_[{node, part[i]->partition}];
      // Under another epoch it may take writes that this node never hears of.
      if (Epoch(digest.epoch()) != part[i]->epoch) continue;
      pair.compared_at = clock_.Now();
      pair.complete = own[i] == ChunkDigest{digest.chunks(), digest.bytes(), digest.hashes()};
      pair.missing_chunks = digest.chunks() - std::min(digest.chunks(), own[i].chunks);
      pair.missing_bytes = digest.bytes() - std::min(digest.bytes(), own[i].bytes);
      if (!pair.complete) pulls->push_back({part[i]->partition, node});
    }
  }
  return absl::OkStatus();
}

bool PartitionSync::IsPaused(const ReplicaSet& set, const ClusterMap& map) const {
  if (paused_.Task(kTask)) return true;
  return absl::c_linear_search(set.incoming, map_.self()) && paused_.MoveOf(set, map);
}

absl::Status PartitionSync::PullFrom(const Pull& pull, const MapView::Table& table,
                                     const ClusterMap& map) {
  const ReplicaSet& set = table[pull.partition.value];
  if (IsPaused(set, map)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<DecidedMark> marks, inventory_.DecidedMarks());
  std::optional<ChunkId> after;
  bool complete = true;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<ListedChunk> page,
                     peers_.List(pull.from, pull.partition, after, kPage, marks));
    ASSIGN_OR_RETURN(const std::vector<ListedChunk> missing, Missing(page));
    absl::Span<const ListedChunk> left = missing;
    while (!left.empty()) {
      size_t count = 0;
      uint64_t bytes = 0;
      while (count < std::min(left.size(), kMostAtOnce) &&
             (count == 0 || bytes + left[count].size <= kMostBytesAtOnce)) {
        bytes += left[count++].size;
      }
      if (stop_.stopped() || IsPaused(set, map)) return absl::OkStatus();
      ASSIGN_OR_RETURN(const bool copied, Copy(pull, set, left.subspan(0, count)));
      complete = complete && copied;
      left.remove_prefix(count);
      if (stop_.WaitFor(pacer_.Spend(clock_.Now(), bytes))) return absl::OkStatus();
    }
    if (page.size() < kPage) break;
    after = page.back().id;
  }
  Pair& pair = pairs_[{pull.from, pull.partition}];
  pair.complete = complete;
  if (complete) pair.missing_chunks = pair.missing_bytes = 0;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ListedChunk>> PartitionSync::Missing(
    const std::vector<ListedChunk>& page) {
  std::vector<ListedChunk> missing;
  for (const ListedChunk& chunk : page) {
    ASSIGN_OR_RETURN(const ChunkStat stat, store_.Stat(chunk.id));
    switch (stat.state) {
      case ChunkState::kPresent:
      case ChunkState::kDeleted:  // the collector has not reached the other yet
        break;
      case ChunkState::kCorrupt:
        if (Planted("node.bad_copy_counts")) break;
        [[fallthrough]];
      case ChunkState::kAbsent:
      case ChunkState::kUnknown:
        missing.push_back(chunk);
    }
  }
  return missing;
}

absl::StatusOr<bool> PartitionSync::Copy(const Pull& pull, const ReplicaSet& set,
                                         absl::Span<const ListedChunk> chunks) {
  std::vector<ChunkPut> puts;
  bool complete = true;
  absl::Status failure;
  for (absl::StatusOr<ChunkPut>& fetched : peers_.Fetch(pull.from, set, chunks)) {
    if (fetched.ok()) {
      puts.push_back(*std::move(fetched));
      continue;
    }
    // Deleted since it was listed, or bad there as well: the next comparison tells.
    complete = false;
    if (!absl::IsNotFound(fetched.status()) && !absl::IsDataLoss(fetched.status())) {
      failure = fetched.status();
    }
  }
  uint64_t stored_chunks = 0;
  uint64_t stored_bytes = 0;
  const std::vector<absl::StatusOr<PutResult>> stored = store_.PutMany(puts);
  for (size_t i = 0; i < puts.size(); ++i) {
    if (stored[i].ok()) {
      ++stored_chunks;
      stored_bytes += puts[i].data.size();
    } else if (ReasonOf(stored[i].status()) != v1::VERSION_DELETED) {
      failure = stored[i].status();
    }
  }
  {
    MutexLock lock(&mutex_);
    report_.copied_chunks += stored_chunks;
    report_.copied_bytes += stored_bytes;
  }
  Pair& pair = pairs_[{pull.from, pull.partition}];
  pair.missing_chunks -= std::min(pair.missing_chunks, stored_chunks);
  pair.missing_bytes -= std::min(pair.missing_bytes, stored_bytes);
  RETURN_IF_ERROR(failure);
  return complete;
}

void PartitionSync::Summarise(const MapView::Table& table, const ClusterMap& map) {
  summarised_at_ = clock_.Now();
  Report next;
  next.compared = true;
  for (const ReplicaSet& set : table) {
    if (!set.IsMember(map_.self())) continue;
    bool complete = true;
    uint64_t chunks = 0;
    uint64_t bytes = 0;
    for (const NodeId node : PeersOf(set, map_.self(), map)) {
      const auto pair = pairs_.find({node, set.partition});
      const bool has_all =
          pair != pairs_.end() && pair->second.epoch == set.epoch && pair->second.complete;
      complete = complete && (has_all || Planted("node.complete_without_every_answer"));
      if (pair == pairs_.end()) continue;
      chunks = std::max(chunks, pair->second.missing_chunks);
      bytes = std::max(bytes, pair->second.missing_bytes);
    }
    next.missing_chunks += chunks;
    next.missing_bytes += bytes;
    next.unequal_partitions += complete ? 0 : 1;
    next.compared = next.compared && complete;
    if (complete && absl::c_linear_search(set.incoming, map_.self())) {
      next.complete.emplace_back(set.partition, set.epoch);
    }
  }
  bool first_time = false;
  {
    MutexLock lock(&mutex_);
    next.compared = next.compared || report_.compared;
    first_time = next.compared && !report_.compared;
    next.copied_chunks = report_.copied_chunks;
    next.copied_bytes = report_.copied_bytes;
    next.problem = report_.problem;
    report_ = std::move(next);
  }
  if (!first_time) return;
  const absl::Status certain = inventory_.BecomeCertain();
  if (certain.ok()) return;
  Log(LogLevel::kWarning, "storage", "the store stays uncertain",
      {{"why", std::string(certain.message())}});
}

}  // namespace trebol
