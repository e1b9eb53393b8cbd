#pragma once

#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/resilience/phi_accrual_detector.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// What nodes said last, and how long ago: in memory only, so a restarted metadata server learns it
/// anew within a second. Thread-safe; the clock is passed in.
class NodeMonitor {
 public:
  struct Seen {
    v1::HeartbeatRequest last;
    Instant at;
    uint64_t beats = 0;  // since metadata started
  };

  /// `row` is what is recorded of the node. NODE_CONFLICT if the heartbeat is of an earlier start
  /// than the registered one, NOT_REGISTERED if it is of a later one.
  absl::Status Heartbeat(const v1::HeartbeatRequest& request, const v1::NodeRow& row, Instant now);

  /// The node has registered: it need not have beaten yet.
  void Registered(NodeId node, Instant now);

  std::optional<Seen> Find(NodeId node) const;
  /// Heartbeats since metadata started: 0 for a node that was not heard.
  uint64_t Beats(NodeId node) const;
  /// A heartbeat came within kHeartbeatTimeout.
  bool IsUp(NodeId node, Instant now) const;
  /// Heartbeats came, and the next one is overdue by all that is known of them.
  bool Suspects(NodeId node, Instant now) const;
  /// When a heartbeat or a registration came.
  std::optional<Instant> LastHeard(NodeId node) const;
  /// A heartbeat or a registration came within kHeartbeatTimeout.
  bool WasHeard(NodeId node, Instant now) const;
  /// The node's last heartbeat said that it has nothing more to offer of the session.
  bool HasSettled(NodeId node, SessionId session) const;

 private:
  struct Entry {
    Seen seen;
    absl::flat_hash_set<SessionId> settled;
    PhiAccrualDetector detector;
  };

  mutable Mutex mu_;
  absl::flat_hash_map<NodeId, Entry> nodes_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<NodeId, Instant> registered_ ABSL_GUARDED_BY(mu_);
};

}  // namespace trebol
