#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/cluster/cluster_map.h"
#include "metadata/catalog/catalog.h"

namespace trebol {

/// Deletes garbage of one kind from the nodes, and nothing else does. What is garbage was decided
/// in the log; here it only waits until no reader can want it.
///
/// Garbage rows are ordered by the index that made them, so what a node has deleted is a place in
/// that order, and a node that is away holds nothing back on the others. All of it is memory: after
/// a restart every row is sent again, and after a change of the map to those that became targets of
/// more; deleting again does nothing. A row goes when all its targets have passed it.
///
/// An upload whose object is gone is turned into its parts in small steps, once its readers have
/// passed; the parts then wait for nobody.
///
/// Not thread-safe: one thread ticks it, and blocks in the deleter.
class GarbageCollector {
 public:
  /// Returns once the versions are durably gone from the node and can never come back.
  using DeleteVersions =
      std::function<absl::Status(NodeId, const std::vector<VersionId>&, Epoch map_epoch)>;

  struct Options {
    size_t batch = 500;                               // versions a call
    size_t batches_per_tick = 20;                     // a node, so that none starves the others
    absl::Duration first_backoff = absl::Seconds(1);  // after a failed call; doubles
    absl::Duration longest_backoff = absl::Seconds(60);
  };

  GarbageCollector(Catalog* catalog, GarbageKind kind, DeleteVersions delete_versions,
                   Options options);

  /// The caller has made sure that collection is allowed now. `up` are the nodes worth asking.
  /// Errors are of the catalog; those of nodes are retried with backoff.
  absl::Status Tick(Instant now, std::shared_ptr<const ClusterMap> map,
                    const absl::flat_hash_set<NodeId>& up);

  /// Versions that were deleted from all nodes, since the start. Thread-safe.
  uint64_t finished() const { return finished_; }

 private:
  struct Progress {
    catalog::GarbagePlace passed;            // every row up to here was deleted there,
    std::set<catalog::GarbagePlace> pinned;  // except these, which readers had pinned
    absl::Duration backoff;
    Instant retry_at;
  };

  absl::Status CollectFrom(NodeId node, Instant now, const catalog::ReadersHorizon& readers);
  absl::Status RetryPinned(NodeId node, Progress& progress, Instant now,
                           const catalog::ReadersHorizon& readers);
  bool Send(NodeId node, Progress& progress, const std::vector<VersionId>& versions, Instant now);
  absl::Status Expand(const v1::GarbageRow& row);
  absl::Status Finish(const catalog::ReadersHorizon& readers);
  bool IsDone(const v1::GarbageRow& row) const;

  Catalog* const catalog_;
  const GarbageKind kind_;
  const DeleteVersions delete_versions_;
  const Options options_;

  std::shared_ptr<const ClusterMap> map_;
  absl::flat_hash_set<NodeId> up_;  // at the last tick
  absl::flat_hash_map<NodeId, Progress> progress_;
  catalog::GarbagePlace finish_after_;
  std::atomic<uint64_t> finished_ = 0;
};

}  // namespace trebol
