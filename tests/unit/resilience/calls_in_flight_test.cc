#include "common/resilience/calls_in_flight.h"

#include "gtest/gtest.h"

namespace trebol {
namespace {

const Instant kStart = {absl::Hours(1)};
constexpr absl::Duration kLimit = absl::Seconds(1);

Instant At(int milliseconds) { return kStart + absl::Milliseconds(milliseconds); }

TEST(CallsInFlight, NamesEachOverdueCallOnceAndTheOldestFirst) {
  CallsInFlight calls;
  calls.Begin(At(0), 1);
  calls.Begin(At(100), 2);
  EXPECT_EQ(calls.NextOverdue(kLimit, At(999)), std::nullopt);
  EXPECT_EQ(calls.NextOverdue(kLimit, At(1100)), 1u);
  EXPECT_EQ(calls.NextOverdue(kLimit, At(1100)), 2u);
  EXPECT_EQ(calls.NextOverdue(kLimit, At(5000)), std::nullopt);
  EXPECT_EQ(calls.size(), 2u);
}

TEST(CallsInFlight, EndsInAnyOrderAndTellsWhatWasOverdue) {
  CallsInFlight calls;
  const auto a = calls.Begin(At(0), 1);
  const auto b = calls.Begin(At(100), 2);
  const auto c = calls.Begin(At(200), 3);
  EXPECT_EQ(calls.NextOverdue(kLimit, At(1000)), 1u);
  EXPECT_FALSE(calls.End(b).overdue);  // the next that could become overdue
  EXPECT_EQ(calls.NextOverdue(kLimit, At(1150)), std::nullopt);
  EXPECT_EQ(calls.NextOverdue(kLimit, At(1200)), 3u);
  EXPECT_EQ(calls.oldest(), At(0));
  const auto ended = calls.End(a);
  EXPECT_TRUE(ended.overdue);
  EXPECT_EQ(ended.era, 1u);
  EXPECT_EQ(calls.oldest(), At(200));
  EXPECT_TRUE(calls.End(c).overdue);
  EXPECT_EQ(calls.oldest(), std::nullopt);
  EXPECT_EQ(calls.size(), 0u);
}

TEST(CallsInFlight, UsesPlacesAgain) {
  CallsInFlight calls;
  const auto hangs = calls.Begin(At(0), 1);
  CallsInFlight::Slot highest = hangs;
  for (int i = 0; i < 1000; ++i) {
    const auto slot = calls.Begin(At(i), 2);
    highest = std::max(highest, slot);
    calls.End(slot);
  }
  EXPECT_LE(highest, 1u);
  EXPECT_EQ(calls.NextOverdue(kLimit, At(1000)), 1u);
  EXPECT_EQ(calls.NextOverdue(kLimit, At(9000)), std::nullopt);
  const auto last = calls.Begin(At(9000), 3);
  EXPECT_EQ(calls.NextOverdue(kLimit, At(10'000)), 3u);
  EXPECT_TRUE(calls.End(last).overdue);
}

}  // namespace
}  // namespace trebol
