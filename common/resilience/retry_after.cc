#include "common/resilience/retry_after.h"

#include <algorithm>

namespace trebol {
namespace {

constexpr int64_t kWeight = 16;  // of what was before, to the last one

}  // namespace

absl::Duration RetryAfter(absl::Duration queue, uint64_t random) {
  const double spread = 1 + static_cast<double>(random % 1000) / 1000;
  return std::min(std::max(queue, kShortestRetryAfter) * spread, kLongestRetryAfter);
}

void Turnaround::Took(absl::Duration request) {
  const int64_t took = absl::ToInt64Microseconds(request);
  // Of two at once one may be lost: it is an estimate.
  const int64_t before = average_us_.load(std::memory_order_relaxed);
  average_us_.store(before + (took - before) / kWeight, std::memory_order_relaxed);
}

}  // namespace trebol
