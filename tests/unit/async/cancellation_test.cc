#include "common/async/cancellation.h"

#include <gtest/gtest.h>

namespace trebol {
namespace {

TEST(Cancellation, CallsEachRegisteredFunctionOnce) {
  auto cancellation = std::make_shared<Cancellation>();
  int calls = 0;
  Cancellation::Registration first(cancellation, [&] { ++calls; });
  Cancellation::Registration second(cancellation, [&] { ++calls; });
  cancellation->Cancel();
  cancellation->Cancel();
  EXPECT_EQ(calls, 2);
  EXPECT_TRUE(cancellation->cancelled());
}

TEST(Cancellation, ForgetsAFunctionWhoseGuardIsGone) {
  auto cancellation = std::make_shared<Cancellation>();
  int calls = 0;
  {
    Cancellation::Registration gone(cancellation, [&] { ++calls; });
  }
  cancellation->Cancel();
  EXPECT_EQ(calls, 0);
}

TEST(Cancellation, CallsAtOnceWhenItAlreadyFired) {
  auto cancellation = std::make_shared<Cancellation>();
  cancellation->Cancel();
  int calls = 0;
  Cancellation::Registration late(cancellation, [&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace trebol
