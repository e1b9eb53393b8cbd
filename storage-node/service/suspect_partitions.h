#pragma once

#include <functional>
#include <set>
#include <utility>

#include "common/base/ids.h"
#include "common/base/mutex.h"

namespace trebol {

/// Partitions of which a copy was asked for here and was absent or bad: to be compared with peers
/// soon. Thread-safe.
class SuspectPartitions {
 public:
  void Add(PartitionId partition) {
    MutexLock lock(&mutex_);
    if (partitions_.insert(partition).second && wake_) wake_();
  }
  std::set<PartitionId> Take() {
    MutexLock lock(&mutex_);
    return std::exchange(partitions_, {});
  }
  /// Called for each that is new, on the thread that found it; never again once another is set. It
  /// must not call this.
  void OnAdd(std::function<void()> wake) {
    MutexLock lock(&mutex_);
    wake_ = std::move(wake);
  }

 private:
  Mutex mutex_;
  std::set<PartitionId> partitions_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> wake_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
