#include "cli/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trebol::cli {
namespace {

TEST(Table, AlignsWordsLeftAndNumbersRight) {
  EXPECT_THAT(AlignColumns({{"NODE", "FREE", "X"}, {"a", "9 B", ""}, {"bcdef", "100 B", "y"}}, {1}),
              ::testing::ElementsAre("NODE    FREE  X",  //
                                     "a        9 B",     //
                                     "bcdef  100 B  y"));
}

TEST(Table, PaintsOnlyWhenAsked) {
  EXPECT_EQ(Paint("x", Colour::kBad, false), "x");
  EXPECT_EQ(Paint("x", Colour::kBad, true), "\x1b[31mx\x1b[0m");
}

}  // namespace
}  // namespace trebol::cli
