#include "cli/content_type.h"

#include <gtest/gtest.h>

namespace trebol::cli {
namespace {

TEST(ContentType, IsGuessedByTheExtension) {
  EXPECT_EQ(GuessContentType("/home/x/beach.JPG"), "image/jpeg");
  EXPECT_EQ(GuessContentType("a.tar.gz"), "application/gzip");
  EXPECT_EQ(GuessContentType("7.7z"), "application/x-7z-compressed");
  EXPECT_EQ(GuessContentType("a.zst"), "application/zstd");
}

TEST(ContentType, IsEmptyWhenNothingTells) {
  for (const char* path : {"", "a", "a.", ".html", "dir.html/a", "a.unheard-of"}) {
    EXPECT_EQ(GuessContentType(path), "") << path;
  }
}

}  // namespace
}  // namespace trebol::cli
