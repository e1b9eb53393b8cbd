#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// Who serves one partition, in order of preference. `incoming` and `leaving` are empty until moves
/// exist.
struct ReplicaSet {
  PartitionId partition;
  Epoch epoch;
  std::vector<NodeId> serving;
  std::vector<NodeId> incoming;
  std::vector<NodeId> leaving;
};

/// Nodes, zones, weights and the partition table at one epoch. Immutable, so thread-safe: holders
/// share it as std::shared_ptr<const ClusterMap> and swap the whole.
class ClusterMap {
 public:
  /// INVALID_ARGUMENT for a map that contradicts itself: a partition count that is no power of two
  /// or differs from its table, a replica that is no node, one node twice in a set, an entry newer
  /// than the map. O(nodes + replicas).
  static absl::StatusOr<std::shared_ptr<const ClusterMap>> FromProto(v1::ClusterMap proto);

  Epoch epoch() const { return Epoch(proto_.epoch()); }
  /// False until the declared number of nodes has joined.
  bool has_table() const { return !replica_sets_.empty(); }
  uint32_t copies() const { return proto_.constants().copies(); }
  uint32_t write_quorum() const { return proto_.constants().write_quorum(); }

  /// Needs has_table().
  PartitionId PartitionOf(const ChunkId& id) const;
  /// Needs partition < partition_count().
  const ReplicaSet& Replicas(PartitionId partition) const;
  size_t partition_count() const { return replica_sets_.size(); }

  /// nullptr if there is no such node.
  const v1::ClusterNode* FindNode(NodeId id) const;
  const v1::ClusterMap& proto() const { return proto_; }

 private:
  explicit ClusterMap(v1::ClusterMap proto) : proto_(std::move(proto)) {}
  absl::Status Index();
  absl::Status Add(ReplicaSet set);

  v1::ClusterMap proto_;
  std::vector<ReplicaSet> replica_sets_;
  absl::flat_hash_map<NodeId, int> node_index_;
};

/// XXH3-64 of the 28 big-endian bytes of the id. Frozen: it decides where every chunk is.
uint64_t PlacementHash(const ChunkId& id);

/// The top bits of the chunk id's hash. `partitions` is a power of two, as every map's count is.
PartitionId PartitionOf(const ChunkId& id, size_t partitions);

v1::PartitionEntry ToProto(const ReplicaSet& set);

}  // namespace trebol
