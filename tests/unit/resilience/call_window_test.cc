#include "common/resilience/call_window.h"

#include "gtest/gtest.h"

namespace trebol {
namespace {

const Instant kStart = {absl::Hours(1)};

TEST(CallWindow, AddsUpTheLastWhile) {
  CallWindow window(absl::Seconds(10));
  for (int i = 0; i < 10; ++i)
    window.Add({.calls = 3, .failed = 2, .slow = 1}, kStart + absl::Seconds(i));
  const auto total = window.Total(kStart + absl::Seconds(9));
  EXPECT_EQ(total.calls, 30);
  EXPECT_EQ(total.failed, 20);
  EXPECT_EQ(total.slow, 10);
}

TEST(CallWindow, ForgetsTheOldestFirstAndAllInTheEnd) {
  CallWindow window(absl::Seconds(10));
  window.Add({.calls = 1}, kStart);
  window.Add({.calls = 2}, kStart + absl::Seconds(5));
  EXPECT_EQ(window.Total(kStart + absl::Milliseconds(9999)).calls, 3);
  EXPECT_EQ(window.Total(kStart + absl::Seconds(10)).calls, 2);
  EXPECT_EQ(window.Total(kStart + absl::Seconds(15)).calls, 0);
  window.Add({.calls = 4}, kStart + absl::Hours(1));
  EXPECT_EQ(window.Total(kStart + absl::Hours(1)).calls, 4);
  EXPECT_EQ(window.Total(kStart + absl::Hours(2)).calls, 0);
}

TEST(CallWindow, ClearForgetsAtOnce) {
  CallWindow window(absl::Seconds(10));
  window.Add({.calls = 1, .failed = 1}, kStart);
  window.Clear();
  EXPECT_EQ(window.Total(kStart).calls, 0);
  EXPECT_EQ(window.Total(kStart + absl::Seconds(20)).failed, 0);
}

}  // namespace
}  // namespace trebol
