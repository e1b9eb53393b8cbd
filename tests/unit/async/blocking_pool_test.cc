#include "common/async/blocking_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace trebol {
namespace {

TEST(BlockingPool, RunsAllThatItAcceptedBeforeItEnds) {
  std::atomic<int> ran = 0;
  {
    BlockingPool pool({.threads = 3, .queue_limit = 1000});
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(pool.TrySubmit([&ran] { ++ran; }));
  }
  EXPECT_EQ(ran, 500);
}

TEST(BlockingPool, RefusesWhenItsQueueIsFullAndTellsItsLoad) {
  std::promise<void> open;
  std::promise<void> entered;
  BlockingPool pool({.threads = 1, .queue_limit = 2});
  ASSERT_TRUE(pool.TrySubmit([&] {
    entered.set_value();
    open.get_future().wait();
  }));
  entered.get_future().wait();
  EXPECT_TRUE(pool.TrySubmit([] {}));
  EXPECT_TRUE(pool.TrySubmit([] {}));
  EXPECT_FALSE(pool.TrySubmit([] {}));
  EXPECT_EQ(pool.load().queued, 2u);
  open.set_value();
}

}  // namespace
}  // namespace trebol
