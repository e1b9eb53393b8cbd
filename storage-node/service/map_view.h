#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/cluster/cluster_map.h"
#include "storage-node/engine/chunk_inventory.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/service/suspect_partitions.h"

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
  /// call is installed. A node that is no member of the partition takes only a copy that stands in
  /// for that of a member, `hint_for`.
  absl::Status AdmitWrite(const ChunkId& chunk, PartitionId partition, Epoch epoch,
                          const v1::PartitionEntry* entry, NodeId hint_for = NodeId());

  /// What a reader that missed may need to know: STALE_EPOCH if it is behind, otherwise `missed`.
  absl::Status ExplainMiss(PartitionId partition, Epoch epoch, const absl::Status& missed) const;

  /// WRONG_NODE unless a call that was meant for `node` has come to it.
  absl::Status CheckAddressee(NodeId node) const;

  /// A collector with an older map could forget a node that holds copies.
  absl::Status AdmitDelete(Epoch map_epoch) const;

  /// A peer that knows `map_epoch` compares or lists: NOT_READY if this node has an older map. Else
  /// a collector that works on an older one could delete here and forget the peer, after the peer
  /// copied.
  absl::Status AdmitPeer(Epoch map_epoch) const;

  /// Somebody means to forget copies, and counts on those here: an answer may be given only under
  /// exactly `entry`, which is installed if it is newer, and only by a member. STALE_EPOCH.
  absl::Status AdmitForgetting(const v1::PartitionEntry& entry);

  /// Installs the entry if it is newer. An entry of an unknown partition changes nothing.
  absl::Status InstallEntry(const v1::PartitionEntry& entry);

  /// Gives up copies of `partition` here, which all members of its entry at `epoch` confirmed.
  /// ABORTED if this node has installed another epoch since, or is a member: no newer one is
  /// installed while this runs.
  absl::Status Forget(ChunkInventory& inventory, PartitionId partition, Epoch epoch,
                      absl::Span<const ChunkId> chunks);

  using Table = std::vector<ReplicaSet>;
  /// The sets as they are installed, by partition; nullptr before the first map with a table.
  std::shared_ptr<const Table> table() const;
  /// The newest whole map: where nodes are. Its sets may be older than the table's. nullptr before
  /// the first.
  std::shared_ptr<const ClusterMap> map() const;
  Epoch map_epoch() const;
  bool has_table() const { return table() != nullptr; }
  NodeId self() const { return self_; }
  /// Where a copy that a member lacks shows first.
  SuspectPartitions& suspects() const { return suspects_; }

 private:
  static absl::Status Stale(const ReplicaSet& own, Epoch callers);

  const NodeId self_;
  ChunkStore& store_;
  Mutex installing_;  // one installation at a time; taken before mutex_
  mutable SuspectPartitions suspects_;
  mutable Mutex mutex_;
  std::shared_ptr<const Table> table_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const ClusterMap> map_ ABSL_GUARDED_BY(mutex_);
  Epoch map_epoch_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
