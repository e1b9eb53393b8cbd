#pragma once

#include "common/base/clock.h"
#include "common/base/mutex.h"

namespace trebol {

/// Time as a test decides it. Thread-safe.
class ManualClock final : public Clock {
 public:
  Instant Now() const override {
    MutexLock lock(&mutex_);
    return now_;
  }
  absl::Time WallTime() const override {
    return absl::FromUnixSeconds(1'000'000'000) + Now().since_origin;
  }
  void Advance(absl::Duration duration) {
    MutexLock lock(&mutex_);
    now_ = now_ + duration;
  }

 private:
  mutable Mutex mutex_;
  Instant now_ ABSL_GUARDED_BY(mutex_) = {absl::Hours(1)};
};

}  // namespace trebol
