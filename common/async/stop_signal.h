#pragma once

#include "absl/time/time.h"
#include "common/base/mutex.h"

namespace trebol {

/// Tells a thread that waits or works in steps to end. Thread-safe.
class StopSignal {
 public:
  void Stop() {
    MutexLock lock(&mutex_);
    stopped_ = true;
    wake_.NotifyAll();
  }
  bool stopped() const {
    MutexLock lock(&mutex_);
    return stopped_;
  }
  /// True once it was stopped; at the latest after `duration`.
  bool WaitFor(absl::Duration duration) const {
    MutexLock lock(&mutex_);
    if (!stopped_ && duration > absl::ZeroDuration()) wake_.WaitFor(&mutex_, duration);
    return stopped_;
  }

 private:
  mutable Mutex mutex_;
  mutable CondVar wake_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace trebol
