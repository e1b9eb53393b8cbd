#pragma once

#include <string>

#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// What /background-tasks answers: {"jobs": [Job…], "nodes": [{"node", "endpoint", "tasks":
/// [BackgroundTask…]}…]}, with the field names of cluster.proto, of all nodes of the status that
/// are not OUT. A storage node tells of itself, and of no jobs.
std::string TasksJson(const v1::ClusterStatus& status);

}  // namespace trebol
