#include "cli/path_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trebol::cli {
namespace {

TEST(PathMapping, BaseNameIsTheLastComponent) {
  EXPECT_EQ(BaseName("a/b"), "b");
  EXPECT_EQ(BaseName("a/b/"), "b");
  EXPECT_EQ(BaseName("a/b//"), "b");
  EXPECT_EQ(BaseName("/b"), "b");
  for (const char* none : {"", "/", ".", "..", "a/..", "a/./", "../.."}) {
    EXPECT_EQ(BaseName(none), "") << none;
  }
}

TEST(PathMapping, JoinPutsOneSlashBetween) {
  EXPECT_EQ(Join("a", "b"), "a/b");
  EXPECT_EQ(Join("a/", "b"), "a/b");
  EXPECT_EQ(Join("", "b"), "b");
  EXPECT_EQ(Join("a", ""), "a");
}

TEST(PathMapping, AnOrdinaryKeyIsItsOwnPath) {
  for (const char* key : {"a", "a/b.c/d", "...", "..a/b..", ".hidden", "é/ü"}) {
    EXPECT_EQ(*PathForKey(key), key);
  }
}

TEST(PathMapping, AKeyCannotLeaveTheDestination) {
  for (const char* key : {"", "/", "/etc/passwd", "..", "../a", "a/../../b", "a/..", ".", "./a",
                          "a/./b", "a//b", "a/", "a/b/"}) {
    const auto path = PathForKey(key);
    EXPECT_TRUE(absl::IsInvalidArgument(path.status())) << key;
    EXPECT_THAT(std::string(path.status().message()), ::testing::HasSubstr(key));
  }
}

}  // namespace
}  // namespace trebol::cli
