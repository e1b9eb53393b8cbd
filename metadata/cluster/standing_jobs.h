#pragma once

#include <vector>

#include "absl/types/span.h"
#include "common/cluster/cluster_map.h"
#include "metadata/cluster/node_monitor.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// What nodes do in the background, added up over all that are not OUT: sync, hand-over and scrub,
/// in this order. One that fails on a node says on which. Pure.
std::vector<v1::Job> StandingJobs(const ClusterMap& map, const NodeMonitor& monitor);

/// A worker of metadata itself as a job.
v1::Job JobOf(v1::Job::Kind kind, const v1::BackgroundTask& task);

}  // namespace trebol
