#include "storage-node/background/pacer.h"

#include <gtest/gtest.h>

namespace trebol {
namespace {

TEST(Pacer, KeepsWorkAtItsRateFromTheFirstSecond) {
  Pacer pacer(1000);
  Instant now{absl::Hours(1)};
  const Instant begun = now;
  uint64_t spent = 0;
  for (int i = 0; i < 500; ++i, spent += 64) now = now + pacer.Spend(now, 64);
  const double seconds = absl::ToDoubleSeconds(now - begun);
  EXPECT_LE(static_cast<double>(spent) / seconds, 1000 * 1.01);
  EXPECT_GE(static_cast<double>(spent) / seconds, 1000 * 0.98);
}

TEST(Pacer, SavesUpNoMoreThanAQuarterOfASecond) {
  Pacer pacer(1000);
  Instant now{absl::Hours(1)};
  EXPECT_EQ(pacer.Spend(now, 250), absl::ZeroDuration());
  now = now + absl::Hours(1);
  EXPECT_EQ(pacer.Spend(now, 250), absl::ZeroDuration());
  EXPECT_EQ(pacer.Spend(now, 500), absl::Milliseconds(500));
}

TEST(Pacer, WithoutARateNothingWaits) {
  Pacer pacer(0);
  EXPECT_EQ(pacer.Spend(Instant{}, ~uint64_t{0}), absl::ZeroDuration());
}

}  // namespace
}  // namespace trebol
