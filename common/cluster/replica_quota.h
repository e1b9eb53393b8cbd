#pragma once

#include <vector>

namespace trebol {

/// What the fair share of a node depends on. `zone` is an index from 0 without gaps.
struct NodeLoad {
  double weight = 1;
  int zone = 0;
  int held = 0;  // replicas that it has in the current table
};

/// How many replicas each node gets when `partitions` partitions have `copies` replicas each:
/// proportional to weight as far as these allow:
/// - a node holds a partition at most once;
/// - with at least `copies` zones, a zone holds a partition at most once; with fewer, at least
/// once. Shares are rounded towards what nodes hold already, so that rounding moves nothing; the
/// sum is exactly partitions × copies. Every result can be turned into a table (the constraints are
/// those of a flow network with integer capacities). Pure. Needs 1 <= copies <= nodes.size().
std::vector<int> ReplicaQuotas(const std::vector<NodeLoad>& nodes, int partitions, int copies);

}  // namespace trebol
