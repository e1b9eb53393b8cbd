#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"

namespace trebol {

/// Which nodes failed lately: reads ask them last, and writes do not wait for a zone that has only
/// such. Forgets a failure after a few seconds, or at the
/// node's next success. Thread-safe.
class NodeMemory {
 public:
  explicit NodeMemory(const Clock& clock) : clock_(clock) {}

  void Failed(NodeId node);
  void Succeeded(NodeId node);

  bool FailedLately(NodeId node);

  /// `nodes` beginning at `first` (modulo their number), those that failed lately behind the
  /// others.
  std::vector<NodeId> Order(const std::vector<NodeId>& nodes, size_t first);

 private:
  bool FailedLatelyLocked(NodeId node) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  Mutex mutex_;
  absl::flat_hash_map<NodeId, Instant> failures_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
