#pragma once

#include <cmath>
#include <cstdint>

#include "common/base/clock.h"

namespace trebol {

/// How fast a sum grows of late: the exponentially weighted mean of the last ten seconds or so. Not
/// thread-safe; the clock is passed in.
class RateMeter {
 public:
  /// Units a second, now that the sum is `total`. A sum that fell begins anew.
  double Update(Instant now, uint64_t total) {
    const double seconds = absl::ToDoubleSeconds(now - at_);
    if (!begun_ || total < total_) {
      begun_ = true;
      rate_ = 0;
    } else if (seconds > 0) {
      const double weight = 1 - std::exp(-seconds / 10);
      rate_ += weight * (static_cast<double>(total - total_) / seconds - rate_);
    }
    at_ = now;
    total_ = total;
    return rate_;
  }

 private:
  bool begun_ = false;
  Instant at_;
  uint64_t total_ = 0;
  double rate_ = 0;
};

}  // namespace trebol
