#pragma once

#include <cstddef>
#include <vector>

#include "common/cluster/cluster_map.h"

namespace trebol {

/// The least number of replicas that any table moves which gives every node as many replicas as
/// `after` does and is legal in nodes and zones: the cost of a minimum-cost flow from partitions
/// over zones to nodes. Slow and obviously right, to measure the planner against.
size_t FewestMoves(const std::vector<ReplicaSet>& before, const std::vector<ReplicaSet>& after,
                   const std::vector<v1::ClusterNode>& nodes, size_t copies);

}  // namespace trebol
