#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "common/base/clock.h"

namespace trebol {

/// Keeps background work at a rate: a token bucket that holds a quarter of a second's worth. Not
/// thread-safe; the clock is passed in.
class Pacer {
 public:
  /// Units a second; 0: no limit.
  explicit Pacer(double rate) : rate_(rate) {}

  /// Spends `units`, and says how long to wait before the next: nothing while within the rate.
  absl::Duration Spend(Instant now, uint64_t units);

 private:
  const double rate_;
  double tokens_ = 0;
  Instant filled_at_;
};

}  // namespace trebol
