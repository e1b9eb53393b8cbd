#pragma once

#include <vector>

#include "common/base/ids.h"
#include "metadata/cluster/node_monitor.h"

namespace trebol {

/// The closed sessions of `unsettled` of which every one of `nodes` has said that it has nothing
/// more to offer. None without nodes.
std::vector<SessionId> SettledByAll(const std::vector<SessionId>& unsettled,
                                    const std::vector<NodeId>& nodes, const NodeMonitor& monitor);

}  // namespace trebol
