#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/cluster/cluster_map.h"
#include "gateway/replication/node_health.h"

namespace trebol {

/// Where the copies of one chunk go under one map: to the members of its partition, and in the
/// place of those that are away to the next nodes of the handoff order. Names no node twice. Not
/// thread-safe.
class WritePlan {
 public:
  struct Target {
    NodeId node;
    NodeId hint_for;  // the member that it stands in for; 0: it is one
    std::string zone;
    bool likely = true;  // to answer: it did not fail lately
  };

  WritePlan(std::shared_ptr<const ClusterMap> map, PartitionId partition,
            std::shared_ptr<NodeHealth> nodes);

  /// Whom to send to at once. Where fewer than W are usable, the others too: what a breaker says is
  /// no reason to fail a write.
  const std::vector<Target>& first() const { return first_; }
  /// Fewer than the members: nobody stands in for some.
  bool degraded() const { return first_.size() < members_; }
  size_t members() const { return members_; }
  Epoch epoch() const { return replicas_.epoch; }
  const ReplicaSet& replicas() const { return replicas_; }
  const ClusterMap& map() const { return *map_; }

  /// Whom to send to as well, now that `failed` did not take its copy: the next of the handoff
  /// order, or else a member that was left out. Empty when all were named.
  std::optional<Target> Spare(const Target& failed);

 private:
  std::optional<Target> Handoff(NodeId hint_for);
  Target Member(NodeId node, bool likely) const;

  const std::shared_ptr<const ClusterMap> map_;
  const std::shared_ptr<NodeHealth> nodes_;
  const ReplicaSet& replicas_;
  size_t members_ = 0;
  std::vector<Target> first_;
  std::vector<NodeId> left_out_;                 // members
  std::optional<std::vector<Target>> handoffs_;  // not named yet; made when first needed
  std::vector<std::string> zones_;               // of those that were named
};

}  // namespace trebol
