#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "common/base/mutex.h"
#include "common/cluster/cluster_map.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// What an operator has paused, as the last heartbeat's answer says. A node that just started hears
/// of it within a second. Thread-safe.
class PausedWork {
 public:
  void Set(v1::PausedWork paused) {
    MutexLock lock(&mutex_);
    paused_ = std::move(paused);
  }

  /// `task` as it is named among the background tasks.
  bool Task(absl::string_view task) const;
  /// The copies that this partition's new members make.
  bool MoveOf(const ReplicaSet& set, const ClusterMap& map) const;

 private:
  mutable Mutex mutex_;
  v1::PausedWork paused_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
