#include "common/base/nearest.h"

#include <gtest/gtest.h>

namespace trebol {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("listen", "listen"), 0u);
  EXPECT_EQ(EditDistance("lisen", "listen"), 1u);
  EXPECT_EQ(EditDistance("listten", "listen"), 1u);
  EXPECT_EQ(EditDistance("lisden", "listen"), 1u);
  EXPECT_EQ(EditDistance("litsen", "listen"), 1u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(Suggest, AsksWhenCloseAndOnlyInformsWhenNot) {
  EXPECT_EQ(Suggest("lisen", {"data", "listen"}), "did you mean listen?");
  EXPECT_EQ(Suggest("completely-else", {"data", "listen"}), "the nearest is listen");
  EXPECT_EQ(Suggest("lisen", {}), "");
}

}  // namespace
}  // namespace trebol
