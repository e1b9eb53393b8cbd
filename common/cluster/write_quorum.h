#pragma once

#include <optional>
#include <string>

#include "common/cluster/cluster_map.h"

namespace trebol {

/// Why some partitions take no writes, a sentence; empty when all take them. A partition takes
/// writes when W of its members, serving or incoming, are neither down nor out in the map. With
/// `without`, as if that node were away, and of the partitions of which it is a member: may it be
/// taken away? Pure. O(replicas).
std::string WhyNoWrites(const ClusterMap& map, std::optional<NodeId> without = std::nullopt);

}  // namespace trebol
