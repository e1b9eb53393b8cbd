#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/cluster/cluster_map.h"
#include "metadata/cluster/node_monitor.h"

namespace trebol {

/// Decides of which nodes the map says that they are down, and which are given up (OUT).
///
/// A node whose heartbeats are overdue is down, and up again after kBeatsUntilUp of them. One that
/// was down for `out_after` without a break is OUT, and its copies are made anew on others, unless
/// that would help nobody or might lose something: `Held` says why it stays. Waiting and drained
/// nodes hold nothing and are never given up.
///
/// It measures time in which this process could hear nodes: a new start grants everybody the full
/// term, and a stall of the process counts for nobody. At a start nothing is decided until every
/// partition has a member that reported and 99 % of the nodes did, or kSafeMode has passed.
///
/// Pure but for its memory; not thread-safe.
class FailureWatch {
 public:
  static constexpr absl::Duration kSafeMode = absl::Minutes(5);
  static constexpr uint64_t kBeatsUntilUp = 3;

  struct Options {
    /// How long a node is down before it is OUT.
    absl::Duration out_after = absl::Minutes(10);
  };

  struct Verdict {
    std::vector<NodeId> down;
    std::vector<NodeId> up;
    std::vector<NodeId> out;  // at most one at a time: the next is judged on the new map
  };

  /// What is known of a node that the map says is down.
  struct Down {
    absl::Duration for_how_long;
    /// Until it is OUT; infinite if it will not be.
    absl::Duration out_in;
    /// Why it will not be set OUT as things are, with the remedy; else empty.
    std::string held;
  };

  explicit FailureWatch(Options options) : options_(options) {}

  /// Every second or so. `map` has what earlier verdicts asked for, or they are repeated.
  Verdict Tick(Instant now, const ClusterMap& map, const NodeMonitor& monitor);

  /// As of the last tick.
  const std::map<NodeId, Down>& down() const { return down_; }
  /// What an operator must know, each with its remedy.
  std::vector<std::string> Alarms() const;

 private:
  struct Watched {
    uint64_t beats_when_silent = 0;
    absl::Duration down_for;
  };

  bool IsSilent(NodeId node, Instant now, const NodeMonitor& monitor) const;
  bool InSafeMode(Instant now, const ClusterMap& map, const NodeMonitor& monitor);
  void Judge(Instant now, absl::Duration passed, const ClusterMap& map, const NodeMonitor& monitor,
             Verdict* verdict);
  void GiveUp(Instant now, const ClusterMap& map, const NodeMonitor& monitor, Verdict* verdict);
  /// Why the node may not be set OUT by itself; empty if it may.
  std::string MustStay(const v1::ClusterNode& node, const ClusterMap& map, Instant now,
                       const NodeMonitor& monitor) const;

  const Options options_;
  bool ticked_ = false;
  bool safe_mode_ = true;
  std::vector<NodeId> unreported_;  // when safe mode ended all the same
  Instant started_;
  Instant last_tick_;
  Instant trusted_from_;
  std::map<NodeId, Watched> watched_;
  std::map<NodeId, Down> down_;
};

}  // namespace trebol
