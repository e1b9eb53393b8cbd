#include "metadata/catalog/watermark.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace trebol::catalog {
namespace {

TEST(Watermark, KeepsOpenWhatIsListed) {
  const Watermark mark = Advance({}, 10, {3, 7, 12});
  EXPECT_EQ(mark.below, 10u);
  EXPECT_EQ(mark.open, (std::vector<uint64_t>{3, 7}));
  EXPECT_TRUE(mark.IsOpen(3));
  EXPECT_FALSE(mark.IsOpen(4));
  EXPECT_TRUE(mark.IsOpen(12));
}

TEST(Watermark, MovesByABoundedStep) {
  const Watermark mark = Advance({}, kMaxWatermarkStep + 100, {kMaxWatermarkStep + 50});
  EXPECT_EQ(mark.below, kMaxWatermarkStep);
  EXPECT_TRUE(mark.open.empty());
  EXPECT_TRUE(mark.IsOpen(kMaxWatermarkStep));
}

// Whatever is proposed, in whatever order: numbers only ever leave.
RC_GTEST_PROP(Watermark, NeverReopensANumber, ()) {
  Watermark mark;
  const int steps = *rc::gen::inRange(1, 10);
  for (int i = 0; i < steps; ++i) {
    const auto below = *rc::gen::inRange<uint64_t>(0, 40);
    const auto open = *rc::gen::container<std::vector<uint64_t>>(rc::gen::inRange<uint64_t>(0, 50));
    const Watermark next = Advance(mark, below, open);
    const std::set<uint64_t> listed(open.begin(), open.end());
    RC_ASSERT(next.below >= mark.below);
    for (uint64_t number = 0; number < 60; ++number) {
      if (!mark.IsOpen(number)) RC_ASSERT(!next.IsOpen(number));
      const bool kept = number >= std::max(mark.below, below) || listed.contains(number);
      RC_ASSERT(next.IsOpen(number) == (mark.IsOpen(number) && kept));
    }
    mark = next;
  }
}

}  // namespace
}  // namespace trebol::catalog
