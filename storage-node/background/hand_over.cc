#include "storage-node/background/hand_over.h"

#include <algorithm>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "common/telemetry/log.h"

namespace trebol {
namespace {

// Each is read and verified by every member, within the deadline of one call.
constexpr size_t kPage = 64;
constexpr uint64_t kMostBytesAtOnce = 8 * kMiB;

/// Members that can all be asked, and none of which still copies: what it lacks it would get twice.
bool CanGive(const ReplicaSet& set, const ClusterMap& map) {
  if (set.serving.empty() || !set.incoming.empty()) return false;
  return absl::c_all_of(set.serving, [&map](NodeId node) {
    const v1::ClusterNode* found = map.FindNode(node);
    return found != nullptr && !found->down() && found->state() != v1::ClusterNode::OUT;
  });
}

}  // namespace

absl::Duration HandOver::Tick() {
  // In this order: strays of an older table must never pass for those of a newer map, or metadata
  // would take a node for empty that is not.
  const auto map = map_.map();
  const auto table = map_.table();
  if (table == nullptr || map == nullptr) return options_.interval;
  absl::Status problem;
  const auto strays = FindStrays(*table, map->epoch());
  if (!strays.ok()) {
    problem = strays.status();
  } else {
    const v1::ClusterNode* self = map->FindNode(map_.self());
    const bool out = self == nullptr || self->state() == v1::ClusterNode::OUT;
    for (const PartitionId partition : *strays) {
      if (stop_.stopped() || out || paused_.Task(kTask)) break;
      const ReplicaSet& set = (*table)[partition.value];
      if (!CanGive(set, *map)) continue;
      const absl::Status given = Give(set);
      if (!given.ok()) problem = Annotate(given, absl::StrCat("partition ", partition.value));
    }
    FindStrays(*table, map->epoch()).IgnoreError();
  }
  MutexLock lock(&mutex_);
  if (!problem.ok() && problem != report_.problem) {
    Log(LogLevel::kWarning, "storage", "copies could not be handed over; trying again",
        {{"why", std::string(problem.message())}});
  }
  report_.problem = problem;
  return options_.interval;
}

HandOver::Report HandOver::report() const {
  MutexLock lock(&mutex_);
  return report_;
}

absl::StatusOr<std::vector<PartitionId>> HandOver::FindStrays(const MapView::Table& table,
                                                              Epoch map_epoch) {
  std::vector<PartitionId> others;
  for (const ReplicaSet& set : table) {
    if (!set.IsMember(map_.self())) others.push_back(set.partition);
  }
  ASSIGN_OR_RETURN(const std::vector<ChunkDigest> digests,
                   inventory_.Digests(others, table.size(), {}));
  std::vector<PartitionId> strays;
  ChunkDigest sum;
  for (size_t i = 0; i < others.size(); ++i) {
    if (digests[i].chunks == 0) continue;
    strays.push_back(others[i]);
    sum.Combine(digests[i]);
  }
  MutexLock lock(&mutex_);
  report_.map_epoch = map_epoch;
  report_.partitions = strays;
  report_.chunks = sum.chunks;
  report_.bytes = sum.bytes;
  return strays;
}

absl::Status HandOver::Give(const ReplicaSet& set) {
  std::optional<ChunkId> after;
  while (!stop_.stopped() && !paused_.Task(kTask)) {
    ASSIGN_OR_RETURN(std::vector<ListedChunk> page,
                     inventory_.List(set.partition, map_.table()->size(), after, kPage, {}));
    if (page.empty()) return absl::OkStatus();
    uint64_t bytes = 0;
    size_t count = 0;
    while (count < page.size() && (count == 0 || bytes + page[count].size <= kMostBytesAtOnce)) {
      bytes += page[count++].size;
    }
    page.resize(count);
    after = page.back().id;
    std::vector<bool> confirmed(page.size(), true);
    for (const NodeId member : set.Members()) {
      const absl::Status given = GiveTo(member, set, page, &confirmed);
      if (Planted("node.forget_without_an_answer") && absl::IsUnavailable(given)) continue;
      RETURN_IF_ERROR(given);
    }
    std::vector<ChunkId> done;
    for (size_t i = 0; i < page.size(); ++i) {
      if (confirmed[i]) done.push_back(page[i].id);
    }
    RETURN_IF_ERROR(map_.Forget(inventory_, set.partition, set.epoch, done));
    MutexLock lock(&mutex_);
    report_.forgotten_chunks += done.size();
  }
  return absl::OkStatus();
}

absl::Status HandOver::GiveTo(NodeId member, const ReplicaSet& set,
                              absl::Span<const ListedChunk> chunks, std::vector<bool>* confirmed) {
  ASSIGN_OR_RETURN(const v1::StatChunkResponse states, peers_.Confirm(member, set, chunks));
  std::vector<ChunkPut> puts;
  std::vector<size_t> which;
  uint64_t bytes = 0;
  for (size_t i = 0; i < chunks.size(); ++i) {
    const auto state = states.entries(static_cast<int>(i)).state();
    if (state == v1::StatChunkResponse::PRESENT || state == v1::StatChunkResponse::DELETED)
      continue;
    auto chunk = store_.Get(chunks[i].id, 0, 0);
    if (!chunk.ok() && Planted("node.gives_up_what_it_cannot_read")) continue;
    if (!chunk.ok()) {  // deleted meanwhile, or bad: then this is no copy to give or to give up
      (*confirmed)[i] = false;
      continue;
    }
    bytes += chunk->data.size();
    puts.push_back({.id = chunks[i].id, .data = std::move(chunk->data), .crc32c = chunk->crc32c});
    which.push_back(i);
  }
  if (puts.empty()) return absl::OkStatus();
  absl::Status failure;
  const std::vector<absl::Status> pushed = peers_.Push(member, set, puts);
  for (size_t i = 0; i < puts.size(); ++i) {
    if (pushed[i].ok() || ReasonOf(pushed[i]) == v1::VERSION_DELETED) continue;
    if (Planted("node.forgets_what_nobody_took")) continue;
    (*confirmed)[which[i]] = false;
    failure = pushed[i];
  }
  {
    MutexLock lock(&mutex_);
    report_.pushed_chunks += puts.size();
    report_.pushed_bytes += bytes;
  }
  RETURN_IF_ERROR(failure);
  stop_.WaitFor(pacer_.Spend(clock_.Now(), bytes));
  return absl::OkStatus();
}

}  // namespace trebol
