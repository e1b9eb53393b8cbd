#include "common/async/semaphore.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "common/async/runtime.h"

namespace trebol {
namespace {

std::shared_ptr<Cancellation> Never() { return std::make_shared<Cancellation>(); }

TEST(Semaphore, GivesWhatIsFreeAndTakesItBack) {
  Runtime runtime(1);
  auto semaphore = Semaphore::Create(10);
  {
    auto permit = runtime.BlockOn(semaphore->Acquire(Never(), 7));
    ASSERT_TRUE(permit.ok());
    EXPECT_EQ(semaphore->available(), 3u);
    permit->ShrinkTo(2);
    EXPECT_EQ(semaphore->available(), 8u);
  }
  EXPECT_EQ(semaphore->available(), 10u);
}

TEST(Semaphore, CutsARequestAboveItsCapacity) {
  Runtime runtime(1);
  auto semaphore = Semaphore::Create(10);
  auto permit = runtime.BlockOn(semaphore->Acquire(Never(), 100));
  ASSERT_TRUE(permit.ok());
  EXPECT_EQ(permit->units(), 10u);
}

TEST(Semaphore, AWaiterThatIsCancelledLetsTheNextPass) {
  Runtime runtime(2);
  auto semaphore = Semaphore::Create(10);
  auto held = runtime.BlockOn(semaphore->Acquire(Never(), 6));
  auto cancellation = std::make_shared<Cancellation>();
  std::promise<absl::Status> large;
  std::promise<absl::Status> small;
  runtime.Spawn(semaphore->Acquire(cancellation, 8),
                [&](const auto& result) { large.set_value(result.status()); });
  while (semaphore->waiting() < 1)
    std::this_thread::yield();  // the large one must be first in line
  runtime.Spawn(semaphore->Acquire(Never(), 2),
                [&](const auto& result) { small.set_value(result.status()); });
  cancellation->Cancel();
  EXPECT_TRUE(absl::IsCancelled(large.get_future().get()));
  EXPECT_TRUE(small.get_future().get().ok());
}

TEST(Semaphore, IsCancelledAtOnceWhenItAlreadyWas) {
  Runtime runtime(1);
  auto semaphore = Semaphore::Create(1);
  auto held = runtime.BlockOn(semaphore->Acquire(Never(), 1));
  auto cancellation = std::make_shared<Cancellation>();
  cancellation->Cancel();
  EXPECT_TRUE(absl::IsCancelled(runtime.BlockOn(semaphore->Acquire(cancellation, 1)).status()));
}

TEST(Semaphore, TriesWithoutWaitingAndWithoutPassingThoseWhoWait) {
  Runtime runtime(1);
  auto semaphore = Semaphore::Create(10);
  auto held = semaphore->TryAcquire(6);
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(semaphore->available(), 4u);
  EXPECT_FALSE(semaphore->TryAcquire(5).has_value());
  std::promise<void> got;
  runtime.Spawn(semaphore->Acquire(Never(), 8), [&](const auto&) { got.set_value(); });
  while (semaphore->waiting() < 1) std::this_thread::yield();
  EXPECT_FALSE(semaphore->TryAcquire(1).has_value());
  held.reset();
  got.get_future().wait();
  while (semaphore->available() < 10) std::this_thread::yield();
  EXPECT_TRUE(semaphore->TryAcquire(100).has_value());
}

TEST(Semaphore, TriesOnlyWhileEnoughIsSpare) {
  auto semaphore = Semaphore::Create(10);
  auto first = semaphore->TryAcquire(5, /*spare=*/5);
  EXPECT_TRUE(first.has_value());
  EXPECT_FALSE(semaphore->TryAcquire(1, 5).has_value());
  EXPECT_FALSE(semaphore->TryAcquire(10, 0).has_value());
  EXPECT_TRUE(semaphore->TryAcquire(1, 4).has_value());
  EXPECT_EQ(semaphore->available(), 5u);
}

TEST(Semaphore, NeverGivesMoreThanItHas) {
  Runtime runtime(4);
  auto semaphore = Semaphore::Create(5);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::atomic<int> left = 400;
  std::promise<void> finished;
  for (int i = 0; i < 400; ++i) {
    auto one = [](std::shared_ptr<Semaphore> semaphore, std::atomic<int>* inside,
                  std::atomic<int>* most) -> Task<void> {
      auto permit = co_await semaphore->Acquire(std::make_shared<Cancellation>(), 2);
      const int now = ++*inside;
      int seen = most->load();
      while (now > seen && !most->compare_exchange_weak(seen, now)) {
      }
      (void)co_await Sleep(absl::Microseconds(10));
      --*inside;
      co_return absl::OkStatus();
    };
    runtime.Spawn(one(semaphore, &inside, &most), [&](const absl::Status&) {
      if (--left == 0) finished.set_value();
    });
  }
  finished.get_future().wait();
  EXPECT_LE(most.load(), 2);
  EXPECT_EQ(semaphore->available(), 5u);
}

}  // namespace
}  // namespace trebol
