#include "metadata/cluster/garbage_collector.h"

#include <algorithm>
#include <utility>

#include "common/base/planted.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/cluster/garbage_targets.h"

namespace trebol {
namespace {

constexpr size_t kFinishedPerTick = 10'000;
constexpr size_t kFinishedPerCommand = 1'000;
constexpr uint32_t kPartsPerCommand = 250;  // others wait for a command of these some ms at most
constexpr uint32_t kPartsPerTick = 5'000;   // of one upload

catalog::GarbagePlace PlaceOf(const v1::GarbageRow& row) {
  return {LogIndex(row.made_at()), VersionIdOf(row.version())};
}

}  // namespace

GarbageCollector::GarbageCollector(Catalog* catalog, GarbageKind kind,
                                   DeleteVersions delete_versions, Options options)
    : catalog_(catalog),
      kind_(kind),
      delete_versions_(std::move(delete_versions)),
      options_(options) {}

absl::Status GarbageCollector::Tick(Instant now, std::shared_ptr<const ClusterMap> map,
                                    const absl::flat_hash_set<NodeId>& up) {
  if (map_ == nullptr) {
    finish_after_ = {};
  } else if (map_->epoch() != map->epoch()) {
    // Who is a target of more than before begins anew. All others go on: while copies move the map
    // changes every second.
    for (const NodeId node : NewTargets(*map_, *map)) progress_.erase(node);
    finish_after_ = {};
  }
  map_ = std::move(map);
  for (const NodeId node : up) {
    if (up_.contains(node)) continue;
    // It has come back: that its last calls failed says nothing any more.
    progress_[node].backoff = absl::ZeroDuration();
    progress_[node].retry_at = now;
  }
  up_ = up;
  ASSIGN_OR_RETURN(const catalog::ReadersHorizon readers, catalog_->Readers(kind_));
  for (const v1::ClusterNode& node : map_->proto().nodes()) {
    const NodeId id(node.id());
    if (node.state() == v1::ClusterNode::OUT || !up.contains(id)) continue;
    RETURN_IF_ERROR(CollectFrom(id, now, readers));
  }
  return Finish(readers);
}

absl::Status GarbageCollector::CollectFrom(NodeId node, Instant now,
                                           const catalog::ReadersHorizon& readers) {
  Progress& progress = progress_[node];
  if (now < progress.retry_at) return absl::OkStatus();
  RETURN_IF_ERROR(RetryPinned(node, progress, now, readers));
  for (size_t batch = 0; batch < options_.batches_per_tick && now >= progress.retry_at; ++batch) {
    ASSIGN_OR_RETURN(const auto rows,
                     catalog_->Garbage(kind_, progress.passed, readers.horizon, options_.batch));
    if (rows.empty()) return absl::OkStatus();
    std::vector<VersionId> versions;
    std::vector<catalog::GarbagePlace> pinned;
    for (const v1::GarbageRow& row : rows) {
      if (row.parts() != v1::GarbageRow::NO_PARTS) continue;  // no node holds any of it
      if (!GarbageTargets(row, *map_).contains(node)) continue;
      const catalog::GarbagePlace place = PlaceOf(row);
      if (readers.pinned.contains(place.version)) {
        pinned.push_back(place);
      } else {
        versions.push_back(place.version);
      }
    }
    if (!Send(node, progress, versions, now)) return absl::OkStatus();
    progress.passed = PlaceOf(rows.back());
    progress.pinned.insert(pinned.begin(), pinned.end());
    if (rows.size() < options_.batch) return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status GarbageCollector::RetryPinned(NodeId node, Progress& progress, Instant now,
                                           const catalog::ReadersHorizon& readers) {
  std::vector<catalog::GarbagePlace> freed;
  std::vector<VersionId> versions;
  for (const catalog::GarbagePlace& place : progress.pinned) {
    if (freed.size() == options_.batch) break;
    if (readers.pinned.contains(place.version)) continue;
    freed.push_back(place);
    versions.push_back(place.version);
  }
  if (!Send(node, progress, versions, now)) return absl::OkStatus();
  for (const catalog::GarbagePlace& place : freed) progress.pinned.erase(place);
  return absl::OkStatus();
}

bool GarbageCollector::Send(NodeId node, Progress& progress, const std::vector<VersionId>& versions,
                            Instant now) {
  if (versions.empty()) return true;
  if (delete_versions_(node, versions, map_->epoch()).ok()) {
    progress.backoff = absl::ZeroDuration();
    return true;
  }
  progress.backoff =
      std::clamp(progress.backoff * 2, options_.first_backoff, options_.longest_backoff);
  progress.retry_at = now + progress.backoff;
  return false;
}

bool GarbageCollector::IsDone(const v1::GarbageRow& row) const {
  const catalog::GarbagePlace place = PlaceOf(row);
  const auto targets = GarbageTargets(row, *map_);
  return std::all_of(targets.begin(), targets.end(), [&](NodeId node) {
    const auto found = progress_.find(node);
    if (found == progress_.end() && Planted("collector.waits_for_no_node")) return true;
    return found != progress_.end() && place <= found->second.passed &&
           !found->second.pinned.contains(place);
  });
}

absl::Status GarbageCollector::Expand(const v1::GarbageRow& row) {
  v1::Command command;
  v1::ExpandGarbageCommand& expand = *command.mutable_expand_garbage();
  expand.set_made_at(row.made_at());
  *expand.mutable_upload() = row.version();
  expand.set_limit(kPartsPerCommand);
  for (uint32_t parts = 0; parts < kPartsPerTick; parts += kPartsPerCommand) {
    ASSIGN_OR_RETURN(const SubmitResult result, catalog_->Submit(command));
    if (result.outcome.expand_garbage().done()) break;
  }
  return absl::OkStatus();
}

absl::Status GarbageCollector::Finish(const catalog::ReadersHorizon& readers) {
  for (size_t looked_at = 0; looked_at < kFinishedPerTick; looked_at += kFinishedPerCommand) {
    ASSIGN_OR_RETURN(const auto rows,
                     catalog_->Garbage(kind_, finish_after_, readers.horizon, kFinishedPerCommand));
    v1::Command command;
    for (const v1::GarbageRow& row : rows) {
      if (row.parts() != v1::GarbageRow::NO_PARTS) {
        if (!readers.pinned.contains(VersionIdOf(row.version()))) {
          RETURN_IF_ERROR(Expand(row));
        }
        continue;
      }
      if (!IsDone(row)) continue;
      v1::FinishGarbageCommand::Entry& entry = *command.mutable_finish_garbage()->add_entries();
      entry.set_index(row.made_at());
      *entry.mutable_version() = row.version();
    }
    if (command.has_finish_garbage()) {
      const int done = command.finish_garbage().entries_size();
      RETURN_IF_ERROR(catalog_->Submit(std::move(command)).status());
      finished_ += static_cast<uint64_t>(done);
    }
    if (rows.size() < kFinishedPerCommand) {
      finish_after_ = {};  // round again: what was not done waits for a node or a reader
      return absl::OkStatus();
    }
    finish_after_ = PlaceOf(rows.back());
  }
  return absl::OkStatus();
}

}  // namespace trebol
