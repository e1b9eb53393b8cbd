#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/telemetry/registry.h"
#include "gateway/replication/node_health.h"

namespace trebol {

/// What /metrics shows of how chunks are written and read, and of each node as this gateway finds
/// it. Thread-safe; the registry outlives it.
class ReplicationMetrics {
 public:
  explicit ReplicationMetrics(Registry& registry);

  Counter& hedges;          // second requests for reads that were late
  Counter& hedges_won;      // whose answer came first
  Counter& hedges_refused;  // for which the budget had nothing left
  Counter& handoff_copies;  // that stand in for those of a member
  Counter& degraded_writes;
  Counter& retries;
  Counter& retries_refused;

  /// Shows the nodes as they are now. Called every second.
  void Show(const std::vector<NodeHealth::View>& views);

 private:
  Registry& registry_;
  Mutex mutex_;
  absl::flat_hash_map<NodeId, uint64_t> openings_ ABSL_GUARDED_BY(mutex_);  // that were shown
};

}  // namespace trebol
