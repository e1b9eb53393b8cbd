#include "cli/suggestion.h"

#include <gtest/gtest.h>

namespace trebol::cli {
namespace {

TEST(Suggestion, FindsTheNearestWord) {
  const std::vector<std::string> words = {"cat", "cp", "ls", "stat", "--recursive", "--range"};
  EXPECT_EQ(Nearest("sl", words), "ls") << "a swap is one step";
  EXPECT_EQ(Nearest("catt", words), "cat");
  EXPECT_EQ(Nearest("--recusrive", words), "--recursive");
  EXPECT_EQ(Nearest("--rang", words), "--range");
}

TEST(Suggestion, SuggestsNothingFarAway) {
  EXPECT_EQ(Nearest("frobnicate", {"cat", "cp"}), "");
  EXPECT_EQ(Nearest("zz", {"cp"}), "");
  EXPECT_EQ(DidYouMean("zz", {"cp"}), "");
}

}  // namespace
}  // namespace trebol::cli
