#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/cluster/cluster_map.h"
#include "metadata/cluster/node_monitor.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// What an operator's word would do: the plan to show, and what of the map would change. With
/// refusals, nothing of it may be done.
struct PlannedNodeChange {
  v1::NodeChangePlan plan;
  std::vector<v1::ClusterNode> nodes;
  std::vector<ReplicaSet> sets;
};

/// Plans a change of nodes on `map`. What is so already is no change, so that a repeat does
/// nothing. Pure. NODE_NOT_FOUND, or INVALID_ARGUMENT for a change that names no nodes or no verb.
absl::StatusOr<PlannedNodeChange> PlanNodeChange(const v1::NodeChange& change,
                                                 const ClusterMap& map, const NodeMonitor& monitor,
                                                 Instant now);

}  // namespace trebol
