#include "metadata/cluster/move_jobs.h"

#include <map>
#include <set>
#include <utility>

#include "common/cluster/map_change.h"

namespace trebol {

std::vector<MoveWork> MovesUnderWay(const ClusterMap& map) {
  std::map<NodeId, uint64_t> drains;
  for (const v1::ClusterNode& node : map.proto().nodes()) {
    if (node.state() == v1::ClusterNode::DRAINING) drains[NodeId(node.id())] = 0;
  }
  std::set<NodeId> newcomers;
  MoveWork rebalance{.kind = v1::Job::REBALANCE};
  MoveWork repair{.kind = v1::Job::REPAIR};
  for (const ReplicaSet& set : map.table()) {
    switch (CauseOf(set, map)) {
      case MoveCause::kNone:
        break;
      case MoveCause::kDrain:
        for (const NodeId node : set.leaving) {
          if (const auto drain = drains.find(node); drain != drains.end()) ++drain->second;
        }
        break;
      case MoveCause::kRebalance:
        ++rebalance.partitions;
        newcomers.insert(set.incoming.begin(), set.incoming.end());
        break;
      case MoveCause::kRepair:
        ++repair.partitions;
        break;
    }
    // Not yet planned anew: the plan comes in parts.
    for (const NodeId node : set.Members()) {
      if (const auto drain = drains.find(node); drain != drains.end()) ++drain->second;
    }
  }
  std::vector<MoveWork> moves;
  for (const auto& [node, partitions] : drains) {
    moves.push_back({v1::Job::DRAIN, {node}, partitions});
  }
  rebalance.nodes.assign(newcomers.begin(), newcomers.end());
  if (rebalance.partitions > 0) moves.push_back(std::move(rebalance));
  if (repair.partitions > 0) moves.push_back(std::move(repair));
  return moves;
}

}  // namespace trebol
