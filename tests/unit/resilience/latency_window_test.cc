#include "common/resilience/latency_window.h"

#include "common/base/limits.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

const Instant kStart = {absl::Hours(1)};

void ExpectAbout(std::optional<absl::Duration> found, absl::Duration wanted) {
  ASSERT_TRUE(found.has_value());
  EXPECT_GE(*found, wanted * 0.999);
  EXPECT_LE(*found, wanted * 1.2);
}

TEST(LatencyWindow, TellsQuantilesToAFifth) {
  LatencyWindow window;
  for (int i = 1; i <= 1000; ++i) window.Observe(4096, absl::Microseconds(100 * i), kStart);
  const auto sample = window.Of(0, kStart);
  EXPECT_EQ(sample.calls(), 1000u);
  ExpectAbout(sample.Quantile(0.5), absl::Milliseconds(50));
  ExpectAbout(sample.Quantile(0.95), absl::Milliseconds(95));
}

TEST(LatencyWindow, KnowsTheVeryShortAndTheVeryLong) {
  LatencyWindow window;
  for (int i = 0; i < 20; ++i) window.Observe(1, absl::ZeroDuration(), kStart);
  EXPECT_LE(window.All(kStart).Quantile(0.95), absl::Microseconds(50));
  for (int i = 0; i < 200; ++i) window.Observe(1, absl::Hours(1), kStart);
  EXPECT_GT(window.All(kStart).Quantile(0.95), absl::Seconds(30));
}

TEST(LatencyWindow, SaysNothingOfFewCalls) {
  LatencyWindow window;
  for (int i = 0; i < 19; ++i) window.Observe(1, absl::Milliseconds(1), kStart);
  EXPECT_EQ(window.All(kStart).Quantile(0.5), std::nullopt);
  window.Observe(1, absl::Milliseconds(1), kStart);
  ExpectAbout(window.All(kStart).Quantile(0.5), absl::Milliseconds(1));
}

TEST(LatencyWindow, KeepsSizesApartAndAddsThemUp) {
  EXPECT_EQ(LatencyWindow::SizeClass(0), 0);
  EXPECT_EQ(LatencyWindow::SizeClass(32 * kKiB), 0);
  EXPECT_EQ(LatencyWindow::SizeClass(256 * kKiB), 1);
  EXPECT_EQ(LatencyWindow::SizeClass(kMiB), 2);
  EXPECT_EQ(LatencyWindow::SizeClass(4 * kMiB), 3);
  LatencyWindow window;
  for (int i = 0; i < 100; ++i) {
    window.Observe(4 * kKiB, absl::Milliseconds(1), kStart);
    window.Observe(4 * kMiB, absl::Milliseconds(100), kStart);
  }
  ExpectAbout(window.Of(0, kStart).Quantile(0.95), absl::Milliseconds(1));
  ExpectAbout(window.Of(3, kStart).Quantile(0.05), absl::Milliseconds(100));
  EXPECT_EQ(window.All(kStart).calls(), 200u);
  ExpectAbout(window.All(kStart).Quantile(0.95), absl::Milliseconds(100));
}

TEST(LatencyWindow, ForgetsAfterTwentySeconds) {
  LatencyWindow window;
  for (int i = 0; i < 30; ++i) window.Observe(1, absl::Milliseconds(1), kStart);
  EXPECT_EQ(window.All(kStart + absl::Seconds(10)).calls(), 30u);
  for (int i = 0; i < 20; ++i) {
    window.Observe(1, absl::Milliseconds(8), kStart + absl::Seconds(10));
  }
  EXPECT_EQ(window.All(kStart + absl::Seconds(20)).calls(), 20u);
  ExpectAbout(window.All(kStart + absl::Seconds(20)).Quantile(0.5), absl::Milliseconds(8));
  EXPECT_EQ(window.All(kStart + absl::Seconds(60)).calls(), 0u);
}

}  // namespace
}  // namespace trebol
