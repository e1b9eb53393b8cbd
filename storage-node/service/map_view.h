#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/cluster/cluster_map.h"
#include "storage-node/engine/chunk_store.h"

namespace trebol {

/// The partitions as this node has installed them: whom it serves, and since which epoch. An epoch
/// is a synced record of the store before anything is answered under it (PROTOCOL 4.1).
/// Thread-safe.
class MapView {
 public:
  MapView(NodeId self, ChunkStore& store) : self_(self), store_(store) {}

  /// Logs the epochs that are newer than what is known, then admits calls under them. An older map
  /// changes nothing.
  absl::Status Install(const std::shared_ptr<const ClusterMap>& map);

  /// May `chunk`, of `partition`, be written here under the caller's `epoch`? STALE_EPOCH, with the
  /// newer entry attached, if the caller is behind; UNAVAILABLE (NOT_READY) if this node is: it
  /// takes no write before it has read the current map; INVALID_ARGUMENT if the chunk belongs to
  /// another partition, where nobody would look for it. A newer `entry` that travelled with the
  /// call is installed.
  absl::Status AdmitWrite(const ChunkId& chunk, PartitionId partition, Epoch epoch,
                          const v1::PartitionEntry* entry);

  /// What a reader that missed may need to know: STALE_EPOCH if it is behind, otherwise `missed`.
  absl::Status ExplainMiss(PartitionId partition, Epoch epoch, const absl::Status& missed) const;

  /// WRONG_NODE unless a call that was meant for `node` has come to it.
  absl::Status CheckAddressee(NodeId node) const;

  /// A collector with an older map could forget a node that holds copies.
  absl::Status AdmitDelete(Epoch map_epoch) const;

  Epoch map_epoch() const;
  bool has_table() const { return table() != nullptr; }

 private:
  using Table = std::vector<ReplicaSet>;

  std::shared_ptr<const Table> table() const;
  absl::Status InstallEntry(const v1::PartitionEntry& entry);
  static absl::Status Stale(const ReplicaSet& own, Epoch callers);

  const NodeId self_;
  ChunkStore& store_;
  Mutex installing_;  // one installation at a time; taken before mutex_
  mutable Mutex mutex_;
  std::shared_ptr<const Table> table_ ABSL_GUARDED_BY(mutex_);
  Epoch map_epoch_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
