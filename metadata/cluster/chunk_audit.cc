#include "metadata/cluster/chunk_audit.h"

#include <algorithm>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "common/telemetry/log.h"
#include "metadata/catalog/extents.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol {
namespace {

using State = v1::StatChunkResponse;

constexpr absl::Duration kLook = absl::Seconds(1);
constexpr absl::Duration kSearchPause = absl::Milliseconds(100);
constexpr absl::Duration kKeepInterval = absl::Minutes(1);
constexpr size_t kChunksPerCall = 1'000;
constexpr size_t kExtentsPerRead = 1'000;
constexpr size_t kReadsPerTick = 10;  // extents without bytes cost no chunks
constexpr size_t kMostLost = 10'000;  // that are kept; more are counted

std::string Why(uint32_t absent, uint32_t deleted, uint32_t corrupt) {
  std::vector<std::string> parts;
  if (absent > 0) parts.push_back(absl::StrCat("absent on ", absent, " nodes"));
  if (deleted > 0) parts.push_back(absl::StrCat("deleted on ", deleted, " nodes"));
  if (corrupt > 0) parts.push_back(absl::StrCat("a bad copy on ", corrupt, " nodes"));
  return parts.empty() ? "no node is left to be asked" : absl::StrJoin(parts, ", ");
}

std::vector<NodeId> OthersThan(const ReplicaSet& set, const AuditedNodes& nodes) {
  std::vector<NodeId> others;
  for (const auto& [id, node] : nodes) {
    if (!set.IsMember(id)) others.push_back(id);
  }
  return others;
}

}  // namespace

ChunkAudit::ChunkAudit(Catalog* catalog, StatChunks stat_chunks, Instant started, Options options)
    : catalog_(catalog),
      stat_chunks_(std::move(stat_chunks)),
      options_(options),
      due_(started + std::min(options.first, options.interval)),
      kept_at_(started) {}

void ChunkAudit::StartPass() {
  MutexLock lock(&mu_);
  progress_.start = !progress_.running;
}

void ChunkAudit::Pause(bool paused) {
  MutexLock lock(&mu_);
  progress_.paused = paused;
}

absl::StatusOr<absl::Duration> ChunkAudit::Tick(Instant now, std::shared_ptr<const ClusterMap> map,
                                                const AuditedNodes& nodes) {
  absl::StatusOr<absl::Duration> next = Work(now, *map, nodes);
  MutexLock lock(&mu_);
  progress_.problem = std::string(next.status().message());
  return next;
}

absl::StatusOr<absl::Duration> ChunkAudit::Work(Instant now, const ClusterMap& map,
                                                const AuditedNodes& nodes) {
  RETURN_IF_ERROR(KeepFindings(now));
  const absl::Duration look = search_.has_value() ? kSearchPause : kLook;
  if (!map.has_table() || !InPass(now)) return look;
  if (now < due_) return std::min(due_ - now, look);
  bool ended = false;
  ASSIGN_OR_RETURN(std::vector<Look> looks, NextChunks(map, &ended));
  std::vector<Look*> suspects;
  for (Look& one : looks) suspects.push_back(&one);
  const auto nowhere = [](const Look* one) { return one->IsNowhere(); };
  const auto keep = [&](auto predicate) {
    std::erase_if(suspects, [&](const Look* one) { return !predicate(one); });
  };
  Ask(now, nodes, Whom::kMembers, suspects);
  keep([](const Look* one) { return one->members.present == 0; });
  Ask(now, nodes, Whom::kOthers, suspects);
  keep(nowhere);
  if (!Planted("audit.members_asked_once")) {
    for (Look* one : suspects) one->members = {};
    Ask(now, nodes, Whom::kMembers, suspects);
    keep(nowhere);
  }
  RETURN_IF_ERROR(Confirm(&suspects));
  Note(looks, suspects, map.copies());
  if (ended) {
    EndPass(now);
    return look;
  }
  due_ = now + absl::Seconds(static_cast<double>(looks.size()) / options_.rate);
  return due_ - now;
}

bool ChunkAudit::InPass(Instant now) {
  MutexLock lock(&mu_);
  if (progress_.running) return !progress_.paused;
  if (!progress_.IsDue(now, due_)) return false;
  progress_.Begin(now);
  due_ = now;
  counts_ = {};
  lost_beyond_ = 0;
  extent_.reset();
  next_chunk_ = 0;
  after_ = {};
  return true;
}

absl::StatusOr<std::vector<ChunkAudit::Look>> ChunkAudit::NextChunks(const ClusterMap& map,
                                                                     bool* ended) {
  std::vector<Look> looks;
  const std::unique_ptr<RowReader> rows = catalog_->Snapshot();
  std::vector<catalog::ExtentInfo> extents;
  size_t next = 0;
  size_t reads = 0;
  while (looks.size() < options_.chunks_per_tick) {
    if (!extent_.has_value()) {
      if (next == extents.size()) {
        if (reads++ == kReadsPerTick) return looks;
        ASSIGN_OR_RETURN(extents, catalog::ReadExtents(*rows, after_, kExtentsPerRead));
        next = 0;
        *ended = extents.empty();
        if (*ended) return looks;
      }
      extent_ = extents[next++];
      next_chunk_ = 0;
    }
    const v1::ExtentRow& row = extent_->row;
    const uint64_t chunks = row.upload() || row.size() == 0
                                ? 0
                                : catalog::extents::ChunkCount(row.size(), row.chunk_size());
    while (next_chunk_ < chunks && looks.size() < options_.chunks_per_tick) {
      Look look{.id = {extent_->version, static_cast<uint32_t>(next_chunk_)}};
      look.offset = next_chunk_ * row.chunk_size();
      look.bytes = std::min<uint64_t>(row.chunk_size(), row.size() - look.offset);
      look.set = &map.Replicas(map.PartitionOf(look.id));
      looks.push_back(look);
      ++next_chunk_;
    }
    if (next_chunk_ < chunks) break;
    after_ = extent_->version;
    extent_.reset();
  }
  return looks;
}

void ChunkAudit::Ask(Instant now, const AuditedNodes& nodes, Whom whom,
                     absl::Span<Look* const> looks) {
  absl::btree_map<NodeId, std::vector<Look*>> by_node;
  for (Look* look : looks) {
    const std::vector<NodeId> asked =
        whom == Whom::kMembers ? look->set->Members() : OthersThan(*look->set, nodes);
    for (const NodeId node : asked) by_node[node].push_back(look);
  }
  for (const auto& [id, of_node] : by_node) {
    const auto node = nodes.find(id);
    if (node == nodes.end()) continue;  // it is OUT
    for (size_t from = 0; from < of_node.size(); from += kChunksPerCall) {
      AskNode(now, id, node->second, whom,
              absl::MakeConstSpan(of_node).subspan(from, kChunksPerCall));
    }
  }
}

void ChunkAudit::AskNode(Instant now, NodeId id, const AuditedNode& node, Whom whom,
                         absl::Span<Look* const> looks) {
  std::vector<Answer> answers;
  if (node.up && quiet_until_[id] <= now) {
    std::vector<ChunkId> chunks;
    for (const Look* look : looks) chunks.push_back(look->id);
    auto answered = stat_chunks_(id, chunks);
    if (answered.ok() && answered->size() == chunks.size()) {
      answers = *std::move(answered);
    } else {
      quiet_until_[id] = now + options_.backoff;
    }
  }
  for (size_t i = 0; i < looks.size(); ++i) {
    Look& look = *looks[i];
    Answers& counts = whom == Whom::kMembers ? look.members : look.others;
    const Answer answer = answers.empty() ? State::UNKNOWN : answers[i];
    if (answer == State::PRESENT) {
      ++counts.present;
      continue;
    }
    // Under an older epoch it may have given its copy to somebody who is asked as no member.
    const bool certain = !node.reconciling && node.map_epoch >= look.set->epoch;
    const bool unreachable_is_absent = Planted("audit.unknown_is_absent");
    if (answer == State::ABSENT && certain) {
      ++counts.absent;
    } else if (answer == State::DELETED && certain) {
      ++counts.deleted;
    } else if (answer == State::CORRUPT && certain) {
      ++counts.corrupt;
    } else if (unreachable_is_absent) {
      ++counts.absent;
    } else {
      ++counts.unknown;
    }
  }
}

absl::Status ChunkAudit::Confirm(std::vector<Look*>* suspects) {
  if (suspects->empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::ClusterMap map, catalog_->Map());
  const std::unique_ptr<RowReader> rows = catalog_->Snapshot();
  std::vector<Look*> lost;
  for (Look* look : *suspects) {
    const int partition = static_cast<int>(look->set->partition.value);
    const bool moved = partition >= map.partitions_size() ||
                       Epoch(map.partitions(partition).epoch()) != look->set->epoch;
    if (moved) {
      ++look->members.unknown;
      continue;
    }
    ASSIGN_OR_RETURN(const auto extent,
                     GetRow<v1::ExtentRow>(*rows, row_keys::Extent(look->id.version)));
    // Otherwise it may have been deleted, as it should.
    if (extent.has_value() && extent->references() > 0) lost.push_back(look);
  }
  *suspects = std::move(lost);
  return absl::OkStatus();
}

void ChunkAudit::Note(absl::Span<const Look> looks, absl::Span<Look* const> lost, uint32_t copies) {
  MutexLock lock(&mu_);
  const uint64_t pass = progress_.passes + 1;
  for (const Look& look : looks) {
    progress_.done = ++counts_.audited;
    const auto known = lost_.find(look.id);
    const size_t wanted = std::min<size_t>(copies, look.set->Members().size());
    if (look.members.present + look.others.present > 0) {
      if (look.members.present < wanted) ++counts_.short_of_copies;
      if (known != lost_.end()) lost_.erase(known);
    } else if (look.members.unknown + look.others.unknown > 0) {
      ++counts_.undecided;
      if (known != lost_.end()) known->second.pass = pass;
    }
  }
  for (const Look* look : lost) {
    if (lost_.size() >= kMostLost && !lost_.contains(look->id)) {
      ++lost_beyond_;
      continue;
    }
    auto [at, is_new] = lost_.try_emplace(look->id);
    at->second.pass = pass;
    AuditFinding& finding = at->second.finding;
    finding.version = look->id.version;
    finding.chunk = look->id.index;
    finding.offset = look->offset;
    finding.bytes = look->bytes;
    finding.why = Why(look->members.absent + look->others.absent,
                      look->members.deleted + look->others.deleted,
                      look->members.corrupt + look->others.corrupt);
    if (!is_new) continue;
    Log(LogLevel::kError, "metadata", "no copy of a chunk is left",
        {{"chunk", ToString(look->id)}, {"why", finding.why}});
  }
}

void ChunkAudit::EndPass(Instant now) {
  due_ = now + options_.interval;
  MutexLock lock(&mu_);
  progress_.End(now);
  const uint64_t pass = progress_.passes;
  last_counts_ = counts_;
  absl::erase_if(lost_, [pass](const auto& lost) { return lost.second.pass < pass; });
  Log(LogLevel::kInfo, "metadata", "a pass of the audit of chunks ended",
      {{"chunks", counts_.audited},
       {"short of copies", counts_.short_of_copies},
       {"undecided", counts_.undecided},
       {"lost", lost_.size() + lost_beyond_}});
}

absl::Status ChunkAudit::KeepFindings(Instant now) {
  if (now - kept_at_ >= kKeepInterval) {
    kept_at_ = now;
    RETURN_IF_ERROR(DropGone());
  }
  return SearchNames();
}

absl::Status ChunkAudit::DropGone() {
  std::vector<ChunkId> chunks;
  {
    MutexLock lock(&mu_);
    for (const auto& [id, lost] : lost_) chunks.push_back(id);
  }
  if (chunks.empty()) return absl::OkStatus();
  const std::unique_ptr<RowReader> rows = catalog_->Snapshot();
  for (const ChunkId& id : chunks) {
    ASSIGN_OR_RETURN(const bool referenced, catalog::extents::Contains(*rows, id.version));
    if (referenced) continue;
    MutexLock lock(&mu_);
    lost_.erase(id);
  }
  return absl::OkStatus();
}

absl::Status ChunkAudit::SearchNames() {
  if (!search_.has_value()) {
    MutexLock lock(&mu_);
    sought_.clear();
    for (const auto& [id, lost] : lost_) {
      if (lost.name_sought) continue;
      if (sought_.empty() || sought_.back() != id.version) sought_.push_back(id.version);
    }
    if (sought_.empty()) return absl::OkStatus();
    search_.emplace(sought_);
  }
  const std::unique_ptr<RowReader> rows = catalog_->Snapshot();
  const auto done = search_->Step(*rows, options_.name_rows_per_tick);
  if (!done.ok()) {
    search_.reset();
    return done.status();
  }
  if (!*done) return absl::OkStatus();
  MutexLock lock(&mu_);
  for (auto& [id, lost] : lost_) {
    if (!absl::c_binary_search(sought_, id.version)) continue;
    lost.name_sought = true;
    const auto name = search_->names().find(id.version);
    if (name == search_->names().end()) continue;
    lost.finding.bucket = name->second.bucket;
    lost.finding.key = name->second.key;
    lost.finding.part = name->second.part;
  }
  search_.reset();
  return absl::OkStatus();
}

ChunkAudit::Report ChunkAudit::report(Instant now) const {
  Report report;
  MutexLock lock(&mu_);
  report.lost = lost_.size() + lost_beyond_;
  report.pass = counts_;
  report.last_pass = last_counts_;
  report.passes = progress_.passes;
  report.last_pass_ended = progress_.ended;
  report.task = progress_.Describe("chunk-audit", "chunks", now);
  for (const auto& [id, lost] : lost_) {
    if (report.findings.size() == kMostFindings) break;
    report.findings.push_back(lost.finding);
  }
  return report;
}

}  // namespace trebol
