#include "common/resilience/backoff.h"

#include <algorithm>

namespace trebol {

Backoff::Backoff(uint64_t seed, BackoffOptions options)
    : most_(options.most),
      next_(options.first),
      random_(static_cast<std::minstd_rand::result_type>(seed)) {}

absl::Duration Backoff::Next() {
  const absl::Duration wait = next_;
  next_ = std::min(next_ * 2, most_);
  return wait * std::uniform_real_distribution<double>(1, 1.5)(random_);
}

}  // namespace trebol
