#pragma once

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "common/base/random.h"

namespace trebol {

inline constexpr absl::Duration kShortestRetryAfter = absl::Milliseconds(50);
inline constexpr absl::Duration kLongestRetryAfter = absl::Seconds(2);

/// When somebody who was refused shall come again, with a queue that takes `queue` to serve: about
/// then, within bounds, and spread from once to twice that so that those who were refused together
/// do not come back together.
absl::Duration RetryAfter(absl::Duration queue, uint64_t random = RandomId());

/// How long requests take of late: as long as that, all who are served now are gone and others have
/// their places. Thread-safe; costs an atomic operation.
class Turnaround {
 public:
  void Took(absl::Duration request);
  absl::Duration of_late() const { return absl::Microseconds(average_us_.load()); }

 private:
  std::atomic<int64_t> average_us_ = 0;
};

}  // namespace trebol
