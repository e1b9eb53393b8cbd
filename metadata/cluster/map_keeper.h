#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/cluster/cluster_map.h"
#include "metadata/cluster/failure_watch.h"
#include "metadata/cluster/node_monitor.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Keeps the map true to what nodes are and have: marks nodes that are down, gives up those that
/// stay so, plans anew when a member may hold nothing any more, ends moves that nodes report as
/// done, and says when a node is drained. One change a tick at most, with as much as fits into a
/// command: the rest follows with the next tick, from the map as it is then. So it needs no memory
/// of plans, and whoever leads next goes on.
///
/// Pure but for its memory; not thread-safe.
class MapKeeper {
 public:
  using Options = FailureWatch::Options;

  explicit MapKeeper(Options options) : watch_(options) {}

  /// What to submit now; nullopt if all is as it should be. Errors are of the plan: the table
  /// stays.
  absl::StatusOr<std::optional<v1::ChangeMapCommand>> Tick(Instant now, const ClusterMap& map,
                                                           const NodeMonitor& monitor);

  const std::map<NodeId, FailureWatch::Down>& down() const { return watch_.down(); }
  std::vector<std::string> Alarms() const { return watch_.Alarms(); }
  /// Partitions that ended to move since the map last was at rest.
  uint32_t moved() const { return moved_; }

 private:
  void CountMoved(const ClusterMap& map);

  FailureWatch watch_;
  std::vector<bool> moving_;  // by partition, at the last tick
  uint32_t moved_ = 0;
};

/// The change in as many commands as are needed, to be submitted in order. A node that becomes
/// ACTIVE is named by the last, all others by the first: cut off in between, the map tells what was
/// meant, and the keeper goes on.
std::vector<v1::ChangeMapCommand> InCommands(const ClusterMap& map,
                                             const std::vector<v1::ClusterNode>& nodes,
                                             const std::vector<ReplicaSet>& sets);

}  // namespace trebol
