#pragma once

#include "absl/container/flat_hash_set.h"
#include "common/base/ids.h"
#include "common/cluster/cluster_map.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// The nodes that may hold chunks of a garbage version and are asked to delete it: members of the
/// partitions of its chunks, old and new ones; every node where its extent is unknown or so large
/// that this is nearly all. None that is OUT.
absl::flat_hash_set<NodeId> GarbageTargets(const v1::GarbageRow& garbage, const ClusterMap& map);

/// The nodes that `now` makes targets of garbage of which they were none under `before`: new ones,
/// those that a partition newly names, and all of them when the table is new or a node is OUT no
/// more. O(nodes + replicas).
absl::flat_hash_set<NodeId> NewTargets(const ClusterMap& before, const ClusterMap& now);

}  // namespace trebol
