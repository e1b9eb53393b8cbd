#pragma once

#include "metadata/cluster/cluster_status.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// What an operator should know of one node, a sentence each with its remedy, added to the reasons
/// of `status`. Pure.
void AddNodeReasons(const v1::NodeStatus& node, const ClusterFacts& facts,
                    v1::ClusterStatus* status);

}  // namespace trebol
