#include "common/async/one_shot.h"

#include <gtest/gtest.h>

#include <thread>

#include "common/async/cancellation.h"
#include "common/async/runtime.h"

namespace trebol {
namespace {

TEST(OneShot, KeepsTheFirstResultWhoeverComesFirst) {
  Runtime runtime(2);
  for (int i = 0; i < 500; ++i) {
    auto shot = std::make_shared<OneShot<int>>();
    std::thread first([shot] { shot->Set(1); });
    std::thread second([shot] { shot->Set(2); });
    const int result = runtime.BlockOn(OneShot<int>::Wait(shot));
    EXPECT_TRUE(result == 1 || result == 2);
    first.join();
    second.join();
  }
}

TEST(OneShot, WaitsForAResultThatIsSetBefore) {
  Runtime runtime(1);
  auto shot = std::make_shared<OneShot<int>>();
  shot->Set(3);
  shot->Set(4);
  EXPECT_EQ(runtime.BlockOn(OneShot<int>::Wait(shot)), 3);
}

TEST(Cancellation, RunsNothingAfterItsGuardIsGone) {
  for (int i = 0; i < 500; ++i) {
    auto cancellation = std::make_shared<Cancellation>();
    std::thread cancel([cancellation] { cancellation->Cancel(); });
    {
      auto value = std::make_unique<int>(0);  // a use after it is freed shows under ASan
      Cancellation::Registration registration(cancellation, [&value] { ++*value; });
    }
    cancel.join();
  }
}

TEST(Runtime, DrainsWhatWasSpawned) {
  Runtime runtime(2);
  std::atomic<int> ended = 0;
  for (int i = 0; i < 50; ++i) {
    runtime.Spawn(Sleep(absl::Milliseconds(i)), [&ended](const absl::Status&) { ++ended; });
  }
  runtime.Drain();
  EXPECT_EQ(ended, 50);
}

}  // namespace
}  // namespace trebol
