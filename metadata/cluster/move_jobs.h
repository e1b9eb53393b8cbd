#pragma once

#include <cstdint>
#include <vector>

#include "common/base/ids.h"
#include "common/cluster/cluster_map.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// What is left of the moves of one cause.
struct MoveWork {
  v1::Job::Kind kind = v1::Job::KIND_UNSPECIFIED;  // DRAIN, REBALANCE or REPAIR
  std::vector<NodeId> nodes;  // the one that drains; those that come in by a rebalance; none
  uint64_t partitions = 0;
};

/// The moves that the map tells of: one for each node that drains, also while it only has strays to
/// give away, one for all that is balanced, one for all that is made again. Pure; O(nodes +
/// replicas).
std::vector<MoveWork> MovesUnderWay(const ClusterMap& map);

}  // namespace trebol
