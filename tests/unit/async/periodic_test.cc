#include "common/async/periodic.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace trebol {
namespace {

TEST(Periodic, TicksAtOnceAndWhenWoken) {
  std::atomic<int> ticks = 0;
  Periodic periodic([&] {
    ++ticks;
    return absl::Hours(1);
  });
  while (ticks < 1) std::this_thread::yield();
  periodic.Wake();
  while (ticks < 2) std::this_thread::yield();
  EXPECT_EQ(ticks, 2);
}

}  // namespace
}  // namespace trebol
