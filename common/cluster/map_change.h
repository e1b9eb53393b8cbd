#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/cluster/cluster_map.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// How entries of the partition table change while copies move. Pure and deterministic. Changed
/// entries are returned without an epoch: whoever publishes them stamps it.

/// `set` with other members. Serving nodes that stay go on serving, new members come in, and those
/// that are no members any more leave, unless they are in `out`: of them nothing is expected.
ReplicaSet WithMembers(const ReplicaSet& set, const std::vector<NodeId>& members,
                       const absl::flat_hash_set<NodeId>& out);

/// The entries that change when `nodes` are as they are from now on: a new plan with the fewest
/// moves (PlanTable), as moves. Those whose copies are at the greatest risk, with the fewest
/// serving nodes that are not down, come first. Errors as of PlanTable.
absl::StatusOr<std::vector<ReplicaSet>> PlanMoves(const std::vector<ReplicaSet>& current,
                                                  const std::vector<v1::ClusterNode>& nodes,
                                                  const v1::ClusterConstants& constants);

/// The entries that change because of what nodes said last: an incoming node that is complete at
/// the entry's epoch serves; once none comes in, a leaving one is struck that holds no stray of the
/// partition under a map at least as new as the entry, and one that is OUT at any time. O(moving
/// entries + reports).
std::vector<ReplicaSet> FinishMoves(
    const ClusterMap& map, const absl::flat_hash_map<NodeId, v1::HeartbeatRequest>& reports);

/// Partitions that name `node` and have no serving one among `up` beside it: with it the last good
/// copies could go. Also an incoming node may have all of them, if it was a member before.
std::vector<PartitionId> LastHeldBy(NodeId node, const std::vector<ReplicaSet>& table,
                                    const absl::flat_hash_set<NodeId>& up);

/// Nodes that hold all of the partition and can be asked now, serving or leaving: the fewer, the
/// more endangered it is.
size_t SourcesOf(const ReplicaSet& set, const ClusterMap& map);

/// True if copies of the partition are on the move.
bool IsMoving(const ReplicaSet& set);

/// Why they are.
enum class MoveCause {
  kNone,       // they are not
  kDrain,      // a node that leaves is to hold nothing any more
  kRebalance,  // others leave
  kRepair,     // nobody leaves: there are too few members
};
MoveCause CauseOf(const ReplicaSet& set, const ClusterMap& map);

/// The nodes that are OUT.
absl::flat_hash_set<NodeId> OutNodes(const std::vector<v1::ClusterNode>& nodes);

}  // namespace trebol
