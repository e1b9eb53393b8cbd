#pragma once

#include <vector>

#include "common/cluster/cluster_map.h"
#include "metadata/cluster/node_monitor.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// Fills in what `sets` would move and how full `nodes` would be, and adds a refusal for each node
/// that would be fuller than kPlanUpTo. A partition is taken to be as large as what its serving
/// nodes hold on average, by their last heartbeats. O(nodes + replicas).
void EstimateFill(const ClusterMap& map, const std::vector<v1::ClusterNode>& nodes,
                  const std::vector<ReplicaSet>& sets, const NodeMonitor& monitor,
                  v1::NodeChangePlan* plan);

}  // namespace trebol
