#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/cluster/cluster_map.h"
#include "metadata/cluster/failure_watch.h"
#include "metadata/cluster/node_monitor.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// What the keeper of the map knows.
struct KeptMap {
  std::map<NodeId, FailureWatch::Down> down;
  uint32_t moved = 0;  // partitions, since the map last was at rest
  std::vector<std::string> alarms;
};

/// What a status is assembled from. Borrowed for the call.
struct ClusterFacts {
  const v1::ClusterRow& cluster;
  const ClusterMap& map;
  const std::vector<v1::NodeRow>& nodes;
  const NodeMonitor& monitor;
  v1::LogPosition head;
  uint32_t open_sessions = 0;
  KeptMap kept;
  uint64_t lost_chunks = 0;         // that no node has
  std::vector<std::string> alarms;  // further sentences, each with its remedy
  Instant now;
};

/// How the cluster is, node by node and partition by partition, with the reasons in words. Pure;
/// O(nodes + replicas).
v1::ClusterStatus AssembleStatus(const ClusterFacts& facts);

}  // namespace trebol
