#include "common/resilience/retry_after.h"

#include <gtest/gtest.h>

namespace trebol {
namespace {

TEST(RetryAfter, IsAboutAsLongAsTheQueueWithinBounds) {
  const absl::Duration queue = absl::Milliseconds(400);
  EXPECT_EQ(RetryAfter(queue, 0), queue);
  EXPECT_EQ(RetryAfter(queue, 500), 1.5 * queue);
  EXPECT_LT(RetryAfter(queue, 999), 2 * queue);
  EXPECT_EQ(RetryAfter(absl::ZeroDuration(), 0), absl::Milliseconds(50));
  EXPECT_EQ(RetryAfter(absl::Seconds(30), 0), absl::Seconds(2));
  EXPECT_EQ(RetryAfter(absl::Seconds(1.9), 999), absl::Seconds(2));
}

TEST(Turnaround, FollowsWhatRequestsTakeOfLate) {
  Turnaround turnaround;
  EXPECT_EQ(turnaround.of_late(), absl::ZeroDuration());
  for (int i = 0; i < 200; ++i) turnaround.Took(absl::Milliseconds(100));
  EXPECT_GT(turnaround.of_late(), absl::Milliseconds(95));
  EXPECT_LE(turnaround.of_late(), absl::Milliseconds(100));
  turnaround.Took(absl::Seconds(10));
  EXPECT_LT(turnaround.of_late(), absl::Seconds(1)) << "one alone says little";
  for (int i = 0; i < 200; ++i) turnaround.Took(absl::Milliseconds(1));
  EXPECT_LT(turnaround.of_late(), absl::Milliseconds(10));
}

}  // namespace
}  // namespace trebol
