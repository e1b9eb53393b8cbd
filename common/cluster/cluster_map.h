#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/cluster/placement_hash.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// Who holds one partition. Members are serving, in order of preference, and incoming, who still
/// copy; leaving nodes are no members any more, but hold copies (cluster.proto, PartitionEntry).
struct ReplicaSet {
  PartitionId partition;
  Epoch epoch;
  std::vector<NodeId> serving;
  std::vector<NodeId> incoming;
  std::vector<NodeId> leaving;

  bool IsMember(NodeId node) const;
  std::vector<NodeId> Members() const;
};

/// Nodes, zones, weights and the partition table at one epoch. Immutable, so thread-safe: holders
/// share it as std::shared_ptr<const ClusterMap> and swap the whole.
class ClusterMap {
 public:
  /// INVALID_ARGUMENT for a map that contradicts itself: a partition count that is no power of two
  /// or differs from its table, a partition without members, a replica that is no node, one node
  /// twice in an entry, an entry newer than the map. O(nodes + replicas).
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
  /// In order of the partitions; empty without a table.
  const std::vector<ReplicaSet>& table() const { return replica_sets_; }

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

v1::PartitionEntry ToProto(const ReplicaSet& set);

}  // namespace trebol
