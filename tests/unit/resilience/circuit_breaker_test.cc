#include "common/resilience/circuit_breaker.h"

#include <vector>

#include "gtest/gtest.h"

namespace trebol {
namespace {

using State = CircuitBreaker::State;
using Result = CircuitBreaker::Result;

class CircuitBreakerTest : public testing::Test {
 protected:
  void Call(Result result, absl::Duration took = absl::Milliseconds(1)) {
    const auto call = breaker_.Begin(now_);
    now_ = now_ + took;
    breaker_.End(call, result, now_);
  }
  void Calls(int count, Result result) {
    for (int i = 0; i < count; ++i) Call(result);
  }
  void Pass(absl::Duration duration) {
    now_ = now_ + duration;
    breaker_.Advance(now_);
  }
  /// Until it is half-open; returns how long that took, to 10 ms.
  absl::Duration AwaitHalfOpen() {
    absl::Duration waited;
    while (breaker_.state() == State::kOpen && waited < absl::Minutes(5)) {
      Pass(absl::Milliseconds(10));
      waited += absl::Milliseconds(10);
    }
    return waited;
  }
  void Open() {
    Calls(5, Result::kUnreachable);
    ASSERT_EQ(breaker_.state(), State::kOpen);
  }
  bool Probe(Result result, absl::Duration took = absl::Milliseconds(1)) {
    if (!breaker_.Admits(now_)) return false;
    Call(result, took);
    return true;
  }

  Instant now_ = {absl::Hours(1)};
  CircuitBreaker breaker_{{}, 7};
};

TEST_F(CircuitBreakerTest, OpensAtFiveCallsInARowThatReachNobody) {
  Calls(4, Result::kUnreachable);
  Call(Result::kAnswered);
  Calls(4, Result::kUnreachable);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  Call(Result::kUnreachable);
  EXPECT_EQ(breaker_.state(), State::kOpen);
  EXPECT_FALSE(breaker_.Admits(now_));
}

TEST_F(CircuitBreakerTest, OpensWhenHalfOfTwentyCallsFail) {
  for (int i = 0; i < 9; ++i) {
    Call(Result::kAnswered);
    Call(Result::kFailed);
  }
  Call(Result::kFailed);
  EXPECT_EQ(breaker_.state(), State::kClosed) << "19 calls say nothing";
  Call(Result::kFailed);
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, StaysClosedWhenFewerThanHalfFail) {
  for (int i = 0; i < 500; ++i) {
    Calls(3, Result::kAnswered);
    Calls(2, Result::kFailed);
  }
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, ForgetsFailuresThatAreOlderThanItsWindow) {
  Calls(10, Result::kFailed);
  Pass(absl::Seconds(11));
  Calls(10, Result::kAnswered);
  Calls(9, Result::kFailed);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  Call(Result::kFailed);
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, OpensWhenFourOfFiveCallsAreSlow) {
  const auto round = [this](int slow) {
    std::vector<CircuitBreaker::Call> calls;
    for (int i = 0; i < slow; ++i) calls.push_back(breaker_.Begin(now_));
    Pass(absl::Milliseconds(1001));
    for (const auto call : calls) breaker_.End(call, Result::kAnswered, now_);
    Calls(10 - slow, Result::kAnswered);
  };
  for (int i = 0; i < 20; ++i) round(7);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  for (int i = 0; i < 20 && breaker_.state() == State::kClosed; ++i) round(9);
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, OpensForAHungNodeWhenItsCallsPassTheThreshold) {
  Calls(5000, Result::kAnswered);  // a busy past does not outweigh it
  for (int i = 0; i < 20; ++i) breaker_.Begin(now_);
  Pass(absl::Milliseconds(999));
  EXPECT_EQ(breaker_.state(), State::kClosed);
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, AnAnswerShowsThatANodeDoesNotHang) {
  Calls(5000, Result::kAnswered);
  for (int i = 0; i < 19; ++i) breaker_.Begin(now_);
  Pass(absl::Seconds(1));
  Call(Result::kAnswered);
  breaker_.Begin(now_);
  Pass(absl::Seconds(1));
  EXPECT_EQ(breaker_.state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, CallsGivenUpSayNothingUnlessAnotherHangs) {
  Calls(1000, Result::kGivenUp);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  EXPECT_TRUE(breaker_.in_doubt());
  breaker_.Begin(now_);
  Pass(absl::Seconds(1));
  Calls(18, Result::kGivenUp);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  Call(Result::kGivenUp);
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, IsInDoubtUntilAnAnswerComes) {
  EXPECT_FALSE(breaker_.in_doubt());
  Call(Result::kGivenUp);
  EXPECT_TRUE(breaker_.in_doubt());
  Call(Result::kAnswered);
  EXPECT_FALSE(breaker_.in_doubt());
}

TEST_F(CircuitBreakerTest, TakesTheThresholdThatItIsGiven) {
  breaker_.set_slow_after(absl::Seconds(3));
  for (int i = 0; i < 20; ++i) breaker_.Begin(now_);
  Pass(absl::Milliseconds(2999));
  EXPECT_EQ(breaker_.state(), State::kClosed);
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, IsOpenForFiveSecondsThenTwiceAsLongUpToAMinute) {
  Open();
  for (const double seconds : {5, 10, 20, 40, 60, 60}) {
    const absl::Duration open = AwaitHalfOpen();
    EXPECT_GE(open, absl::Seconds(seconds * 0.79));
    EXPECT_LE(open, absl::Seconds(seconds * 1.21));
    ASSERT_TRUE(Probe(Result::kUnreachable));
    ASSERT_EQ(breaker_.state(), State::kOpen);
  }
  EXPECT_EQ(breaker_.openings(), 7u);
}

TEST_F(CircuitBreakerTest, JitterDependsOnTheSeed) {
  const auto half_open_at = [this](uint64_t seed) {
    CircuitBreaker breaker({}, seed);
    for (int i = 0; i < 5; ++i) breaker.End(breaker.Begin(now_), Result::kUnreachable, now_);
    Instant now = now_;
    while (breaker.state() == State::kOpen) breaker.Advance(now = now + absl::Milliseconds(1));
    return now;
  };
  EXPECT_NE(half_open_at(1), half_open_at(1'000'000));
}

TEST_F(CircuitBreakerTest, ClosesAfterThreeProbesOneAtATime) {
  Open();
  AwaitHalfOpen();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(breaker_.state(), State::kHalfOpen);
    ASSERT_TRUE(breaker_.Admits(now_));
    const auto probe = breaker_.Begin(now_);
    EXPECT_FALSE(breaker_.Admits(now_)) << "one at a time";
    Pass(absl::Milliseconds(5));
    breaker_.End(probe, Result::kAnswered, now_);
  }
  EXPECT_EQ(breaker_.state(), State::kClosed);
  EXPECT_TRUE(breaker_.Admits(now_));
  EXPECT_TRUE(breaker_.Admits(now_));
}

TEST_F(CircuitBreakerTest, AProbeThatIsSlowOpensItBeforeItEnds) {
  Open();
  AwaitHalfOpen();
  ASSERT_TRUE(breaker_.Admits(now_));
  const auto probe = breaker_.Begin(now_);
  Pass(absl::Seconds(1));
  EXPECT_EQ(breaker_.state(), State::kOpen);
  breaker_.End(probe, Result::kAnswered, now_);
  EXPECT_EQ(breaker_.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, AdmitsAnotherWhenAProbeWasNeverMadeOrGivenUp) {
  Open();
  AwaitHalfOpen();
  ASSERT_TRUE(breaker_.Admits(now_));
  EXPECT_FALSE(breaker_.Admits(now_));
  Pass(absl::Seconds(1));
  ASSERT_TRUE(Probe(Result::kGivenUp));
  EXPECT_EQ(breaker_.state(), State::kHalfOpen);
  EXPECT_TRUE(breaker_.Admits(now_));
}

TEST_F(CircuitBreakerTest, CallsOfBeforeItOpenedSayNothingOfAfter) {
  std::vector<CircuitBreaker::Call> old;
  for (int i = 0; i < 20; ++i) old.push_back(breaker_.Begin(now_));
  Pass(absl::Seconds(1));
  ASSERT_EQ(breaker_.state(), State::kOpen);
  AwaitHalfOpen();
  for (int i = 0; i < 10; ++i) breaker_.End(old[i], Result::kAnswered, now_);
  EXPECT_EQ(breaker_.state(), State::kHalfOpen) << "three answers of old calls are no probes";
  for (int i = 10; i < 20; ++i) breaker_.End(old[i], Result::kFailed, now_);
  EXPECT_EQ(breaker_.state(), State::kHalfOpen) << "and their failures are known";
}

TEST_F(CircuitBreakerTest, BeginsWithFiveSecondsAgainOnlyAfterAMinuteOfPeace) {
  Open();
  AwaitHalfOpen();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Probe(Result::kAnswered));
  Open();
  EXPECT_GT(AwaitHalfOpen(), absl::Seconds(7)) << "it flaps: the second time is longer";
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Probe(Result::kAnswered));
  Pass(absl::Seconds(60));
  Open();
  EXPECT_LT(AwaitHalfOpen(), absl::Seconds(7));
}

TEST_F(CircuitBreakerTest, IsHalfOpenAtNewsOfTheNode) {
  Open();
  breaker_.Reconsider();
  EXPECT_EQ(breaker_.state(), State::kHalfOpen);
  EXPECT_TRUE(breaker_.Admits(now_));
}

TEST_F(CircuitBreakerTest, KnowsHowLongANodeIsSilent) {
  EXPECT_FALSE(breaker_.SilentFor(absl::Seconds(1), now_)) << "nobody asked it anything";
  const auto first = breaker_.Begin(now_);
  Pass(absl::Seconds(1));
  EXPECT_TRUE(breaker_.SilentFor(absl::Seconds(1), now_));
  EXPECT_FALSE(breaker_.SilentFor(absl::Seconds(2), now_));
  Call(Result::kAnswered);
  EXPECT_FALSE(breaker_.SilentFor(absl::Seconds(1), now_)) << "it answers others";
  breaker_.End(first, Result::kGivenUp, now_);
  EXPECT_FALSE(breaker_.SilentFor(absl::ZeroDuration(), now_));
}

}  // namespace
}  // namespace trebol
