#include "cli/object_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;

TEST(ObjectUrl, TakesBucketAndKeyApart) {
  const auto url = ParseUrl("trebol://photos/2026/beach.jpg");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->bucket, "photos");
  EXPECT_EQ(url->key, "2026/beach.jpg");
  EXPECT_FALSE(url->ends_in_slash);
}

TEST(ObjectUrl, RemembersASlashAtTheEnd) {
  EXPECT_FALSE(ParseUrl("trebol://photos")->ends_in_slash);
  EXPECT_TRUE(ParseUrl("trebol://photos/")->ends_in_slash);
  EXPECT_TRUE(ParseUrl("trebol://photos/a/")->ends_in_slash);
  EXPECT_EQ(ParseUrl("trebol://photos/")->key, "");
}

TEST(ObjectUrl, DecodesNothing) {
  EXPECT_EQ(ParseUrl("trebol://photos/a%20b?c#d é")->key, "a%20b?c#d é");
  EXPECT_EQ(ParseUrl("trebol://photos//a//b")->key, "/a//b");
}

TEST(ObjectUrl, IsWrittenAsItWasRead) {
  for (const char* text : {"trebol://photos", "trebol://photos/", "trebol://photos/a",
                           "trebol://photos/a/", "trebol://photos//"}) {
    EXPECT_EQ(ParseUrl(text)->ToString(), text);
  }
}

TEST(ObjectUrl, SaysWhatIsWrong) {
  const auto message = [](const std::string& text) {
    return std::string(ParseUrl(text).status().message());
  };
  EXPECT_THAT(message("photos/a"), HasSubstr("write trebol://BUCKET/KEY"));
  EXPECT_THAT(message("s3://photos/a"), HasSubstr("write trebol://photos/a"));
  EXPECT_THAT(message("trebol:///a"), HasSubstr("names no bucket"));
  EXPECT_THAT(message("trebol://"), HasSubstr("names no bucket"));
  EXPECT_THAT(message("trebol://Photos/a"), HasSubstr("'Photos'"));
  EXPECT_THAT(message("trebol://photos/\xff"), HasSubstr("UTF-8"));
  EXPECT_THAT(message("trebol://photos/" + std::string(1025, 'x')), HasSubstr("1024"));
}

TEST(ObjectUrl, TellsBucketsFromObjects) {
  EXPECT_TRUE(ParseBucketUrl("trebol://photos/").ok());
  EXPECT_THAT(std::string(ParseBucketUrl("trebol://photos/a").status().message()),
              HasSubstr("trebol://photos"));
  EXPECT_FALSE(ParseKeyUrl("trebol://photos/").ok());
}

TEST(ObjectUrl, MistypedSchemesAreNotTakenForFiles) {
  EXPECT_TRUE(LooksLikeUrl("trebol:/photos/a"));
  EXPECT_TRUE(LooksLikeUrl("s3://photos/a"));
  EXPECT_FALSE(LooksLikeUrl("./a://b"));
  EXPECT_FALSE(LooksLikeUrl("a:b"));
}

}  // namespace
}  // namespace trebol::cli
