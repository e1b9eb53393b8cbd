#include "common/resilience/latency_outliers.h"

#include <cstdint>
#include <vector>

#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

using testing::ElementsAre;
constexpr auto kUnknown = Lateness::kUnknown;
constexpr auto kUsual = Lateness::kUsual;
constexpr auto kLate = Lateness::kLate;

class FindLateTest : public testing::Test {
 protected:
  void Calls(size_t node, int calls, absl::Duration took, uint64_t bytes = 1) {
    if (windows_.size() <= node) windows_.resize(node + 1);
    for (int i = 0; i < calls; ++i) windows_[node].Observe(bytes, took, kNow);
  }
  std::vector<Lateness> Find() {
    std::vector<NodeLatency> nodes(windows_.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
      for (int size = 0; size < LatencyWindow::kSizeClasses; ++size) {
        nodes[i][size] = windows_[i].TotalOf(size, kNow);
      }
    }
    return FindLate(nodes);
  }

  static constexpr Instant kNow = {absl::Hours(1)};
  std::vector<LatencyWindow> windows_;
};

TEST_F(FindLateTest, NamesWhoTakesThreeTimesTheMedian) {
  EXPECT_TRUE(Find().empty());
  for (size_t node = 0; node < 5; ++node) Calls(node, 100, absl::Milliseconds(10));
  EXPECT_THAT(Find(), ElementsAre(kUsual, kUsual, kUsual, kUsual, kUsual));
  Calls(3, 100, absl::Milliseconds(51));  // a mean of 30.5
  EXPECT_THAT(Find(), ElementsAre(kUsual, kUsual, kUsual, kLate, kUsual));
}

TEST_F(FindLateTest, APauseOfHalfASecondAmongManyQuickCallsIsEnough) {
  for (size_t node = 0; node < 3; ++node) Calls(node, 1000, absl::Milliseconds(5));
  Calls(1, 32, absl::Milliseconds(450));
  EXPECT_THAT(Find(), ElementsAre(kUsual, kLate, kUsual));
}

TEST_F(FindLateTest, LeavesAVerdictOpenBetweenTwiceAndThreeTimes) {
  for (size_t node = 0; node < 3; ++node) Calls(node, 100, absl::Milliseconds(10));
  Calls(3, 100, absl::Milliseconds(25));
  EXPECT_THAT(Find(), ElementsAre(kUsual, kUsual, kUsual, kUnknown));
}

TEST_F(FindLateTest, FewMillisecondsAreNotLate) {
  for (size_t node = 0; node < 3; ++node) Calls(node, 100, absl::Microseconds(200));
  Calls(3, 100, absl::Milliseconds(5));
  EXPECT_THAT(Find(), ElementsAre(kUsual, kUsual, kUsual, kUsual));
  Calls(3, 100, absl::Milliseconds(6));
  EXPECT_THAT(Find(), ElementsAre(kUsual, kUsual, kUsual, kLate));
}

TEST_F(FindLateTest, SaysNothingOfFewCalls) {
  for (size_t node = 0; node < 2; ++node) Calls(node, 100, absl::Milliseconds(1));
  Calls(2, 19, absl::Seconds(1));
  EXPECT_THAT(Find(), ElementsAre(kUsual, kUsual, kUnknown));
  Calls(2, 1, absl::Seconds(1));
  EXPECT_THAT(Find(), ElementsAre(kUsual, kUsual, kLate));
}

TEST_F(FindLateTest, OfTwoTheQuickerIsTheMeasureAndOneAloneIsItsOwn) {
  Calls(0, 100, absl::Milliseconds(100));
  EXPECT_THAT(Find(), ElementsAre(kUsual));
  Calls(1, 100, absl::Milliseconds(10));
  EXPECT_THAT(Find(), ElementsAre(kLate, kUsual));
}

TEST_F(FindLateTest, LargeReadsAreNoLatenessOfWhoGetsMoreOfThem) {
  for (size_t node = 0; node < 4; ++node) {
    Calls(node, 100, absl::Milliseconds(1));
    Calls(node, 25, absl::Milliseconds(40), 4 * kMiB);
  }
  Calls(2, 500, absl::Milliseconds(40), 4 * kMiB);
  EXPECT_THAT(Find(), ElementsAre(kUsual, kUsual, kUsual, kUsual));
}

TEST_F(FindLateTest, AllMayBeSlow) {
  for (size_t node = 0; node < 3; ++node) Calls(node, 100, absl::Seconds(1));
  EXPECT_THAT(Find(), ElementsAre(kUsual, kUsual, kUsual));
}

}  // namespace
}  // namespace trebol
