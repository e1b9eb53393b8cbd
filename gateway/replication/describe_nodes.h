#pragma once

#include "gateway/replication/node_health.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// Adds to what metadata says of each node how this gateway finds it.
void Describe(NodeHealth& nodes, v1::ClusterStatus* status);

}  // namespace trebol
