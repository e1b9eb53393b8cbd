#include "common/resilience/phi_accrual_detector.h"

#include <cmath>

#include "gtest/gtest.h"

namespace trebol {
namespace {

const Instant kStart = {absl::Hours(1)};

/// Heartbeats from `kStart` on; returns when the last one came.
Instant Beat(PhiAccrualDetector& detector, int count, absl::Duration period) {
  for (int i = 0; i < count; ++i) detector.Heartbeat(kStart + period * i);
  return kStart + period * (count - 1);
}

/// How long after `last` the node is suspected, to the millisecond.
absl::Duration SuspectedAfter(const PhiAccrualDetector& detector, Instant last) {
  absl::Duration silence;
  while (!detector.Suspects(last + silence)) silence += absl::Milliseconds(1);
  return silence;
}

TEST(PhiAccrualDetector, SuspectsNobodyThatItNeverHeardOf) {
  const PhiAccrualDetector detector;
  EXPECT_EQ(detector.Phi(kStart + absl::Hours(1)), 0);
  EXPECT_FALSE(detector.Suspects(kStart + absl::Hours(1)));
  EXPECT_FALSE(detector.last_heartbeat().has_value());
}

TEST(PhiAccrualDetector, SuspectsARegularNodeAfterItsPeriodThePauseAndSomeDeviations) {
  PhiAccrualDetector detector;
  const Instant last = Beat(detector, 2000, absl::Seconds(1));
  const absl::Duration silence = SuspectedAfter(detector, last);
  // 1 s + 3 s + 5.6 deviations of 0.1 s.
  EXPECT_GT(silence, absl::Milliseconds(4500));
  EXPECT_LT(silence, absl::Milliseconds(4650));
}

TEST(PhiAccrualDetector, GrowsWithTheSilenceAndStaysFinite) {
  PhiAccrualDetector detector;
  const Instant last = Beat(detector, 100, absl::Seconds(1));
  double before = detector.Phi(last);
  EXPECT_LT(before, 0.01);
  for (const auto silence :
       {absl::Seconds(4), absl::Seconds(5), absl::Minutes(1), absl::Hours(1), absl::Hours(1000)}) {
    const double phi = detector.Phi(last + silence);
    EXPECT_GT(phi, before);
    EXPECT_TRUE(std::isfinite(phi));
    before = phi;
  }
}

TEST(PhiAccrualDetector, HasOnlyHalfADoubtAtTheExpectedMoment) {
  PhiAccrualDetector detector({.acceptable_pause = absl::ZeroDuration()});
  const Instant last = Beat(detector, 2000, absl::Seconds(1));
  EXPECT_NEAR(detector.Phi(last + absl::Seconds(1)), std::log10(2), 1e-6);
}

TEST(PhiAccrualDetector, GivesAnIrregularNodeMoreTime) {
  PhiAccrualDetector regular;
  PhiAccrualDetector irregular;
  Beat(regular, 1000, absl::Seconds(1));
  Instant now = kStart;
  for (int i = 0; i < 1000; ++i) {
    now = now + (i % 2 == 0 ? absl::Milliseconds(400) : absl::Milliseconds(1600));
    irregular.Heartbeat(now);
  }
  EXPECT_GT(SuspectedAfter(irregular, now),
            SuspectedAfter(regular, *regular.last_heartbeat()) + absl::Seconds(2));
}

TEST(PhiAccrualDetector, ClearsANodeThatIsHeardAgain) {
  PhiAccrualDetector detector;
  const Instant last = Beat(detector, 100, absl::Seconds(1));
  const Instant back = last + absl::Minutes(10);
  ASSERT_TRUE(detector.Suspects(back));
  detector.Heartbeat(back);
  EXPECT_FALSE(detector.Suspects(back));
  EXPECT_EQ(detector.last_heartbeat(), back);
}

TEST(PhiAccrualDetector, LearnsNothingFromAnOutage) {
  PhiAccrualDetector detector;
  const Instant last = Beat(detector, 100, absl::Seconds(1));
  const absl::Duration before = SuspectedAfter(detector, last);
  const Instant back = last + absl::Minutes(10);
  detector.Heartbeat(back);
  EXPECT_EQ(SuspectedAfter(detector, back), before);
}

TEST(PhiAccrualDetector, ForgetsWhatIsOlderThanItsWindow) {
  PhiAccrualDetector detector({.window = 10});
  Instant last = Beat(detector, 100, absl::Seconds(3));
  ASSERT_GT(SuspectedAfter(detector, last), absl::Seconds(6));
  for (int i = 0; i < 10; ++i) detector.Heartbeat(last = last + absl::Seconds(1));
  EXPECT_LT(SuspectedAfter(detector, last), absl::Milliseconds(4650));
}

TEST(PhiAccrualDetector, IgnoresAHeartbeatFromThePast) {
  PhiAccrualDetector detector;
  const Instant last = Beat(detector, 100, absl::Seconds(1));
  const double before = detector.Phi(last + absl::Seconds(4));
  detector.Heartbeat(last - absl::Seconds(10));
  EXPECT_EQ(detector.Phi(last + absl::Seconds(4)), before);
}

}  // namespace
}  // namespace trebol
