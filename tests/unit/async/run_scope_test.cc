#include "common/async/run_scope.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "common/async/one_shot.h"
#include "common/async/runtime.h"

namespace trebol {
namespace {

TEST(RunScope, RunsWhatIsQueuedWhenTheOutermostCloses) {
  std::vector<int> order;
  {
    const RunScope outer;
    {
      const RunScope inner;
      RunScope::Current()->Push([&order] {
        RunScope::Current()->Push([&order] { order.push_back(3); });
        order.push_back(2);
      });
      order.push_back(1);
    }
    EXPECT_EQ(order, std::vector<int>{1});
  }
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(RunScope::Current(), nullptr);
}

/// On which thread a coroutine goes on that another thread wakes, inside a scope.
bool GoesOnHere(Runtime::Resume resume) {
  Runtime runtime(2, resume);
  auto shot = std::make_shared<OneShot<int>>();
  std::thread::id before;
  std::atomic<std::thread::id> after = {};
  std::promise<void> ended;
  const auto wait = [](std::shared_ptr<OneShot<int>> shot,
                       std::atomic<std::thread::id>* after) -> Task<void> {
    (void)co_await OneShot<int>::Wait(shot);
    *after = std::this_thread::get_id();
    co_return absl::OkStatus();
  };
  runtime.Spawn(wait(shot, &after), [&ended](const absl::Status&) { ended.set_value(); });
  std::thread waker([&] {
    before = std::this_thread::get_id();
    bool inside = true;
    {
      const RunScope scope;
      shot->Set(1);
      inside = after.load() == std::this_thread::get_id();
    }
    EXPECT_FALSE(inside);  // never inside of what woke it
  });
  ended.get_future().get();
  waker.join();
  runtime.Drain();
  return before == after.load();
}

TEST(RunScope, ACoroutineGoesOnWhereItIsOpenIfItsRuntimeAllowsIt) {
  // The other thread may wake it before it waits; then it does not wait at all.
  int here = 0;
  for (int i = 0; i < 50; ++i) here += GoesOnHere(Runtime::Resume::kHere) ? 1 : 0;
  EXPECT_GT(here, 0);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(GoesOnHere(Runtime::Resume::kOnThreads));
}

TEST(RunScope, ARuntimeMayGoAsSoonAsSomebodyHasTheResult) {
  for (int i = 0; i < 2000; ++i) {  // a use after it is freed shows under ASan
    auto runtime = std::make_unique<Runtime>(1, Runtime::Resume::kHere);
    auto shot = std::make_shared<OneShot<int>>();
    std::thread waker([shot] {
      const RunScope scope;
      shot->Set(1);
    });
    EXPECT_EQ(runtime->BlockOn(OneShot<int>::Wait(shot)), 1);
    runtime.reset();
    waker.join();
  }
}

TEST(RunScope, ARuntimeIsDrainedWhenNothingOfItsTasksIsLeft) {
  for (int i = 0; i < 500; ++i) {
    auto runtime = std::make_unique<Runtime>(1, Runtime::Resume::kHere);
    auto shot = std::make_shared<OneShot<int>>();
    const auto wait = [](std::shared_ptr<OneShot<int>> shot,
                         std::shared_ptr<int> used) -> Task<void> {
      *used = co_await OneShot<int>::Wait(shot);
      co_return absl::OkStatus();
    };
    auto used = std::make_shared<int>(0);
    const std::weak_ptr<int> left = used;
    runtime->Spawn(wait(shot, used), [used](const absl::Status&) { ++*used; });
    used.reset();
    std::thread waker([shot] {
      const RunScope scope;
      shot->Set(1);
    });
    runtime->Drain();
    // Of a task that ended on a thread of the runtime, the join of that thread takes the rest.
    runtime.reset();
    EXPECT_TRUE(left.expired());
    waker.join();
  }
}

}  // namespace
}  // namespace trebol
