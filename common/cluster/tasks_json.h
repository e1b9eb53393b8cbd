#pragma once

#include <string>

#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// What /background-tasks answers: {"nodes": [{"node", "endpoint", "tasks": [BackgroundTask…]}…]},
/// with the field names of cluster.proto, of all nodes of the status that are not OUT.
std::string TasksJson(const v1::ClusterStatus& status);

}  // namespace trebol
