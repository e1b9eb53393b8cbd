#include "common/base/names.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/error.h"

namespace trebol {
namespace {

TEST(BucketName, AcceptsTheNamesOfS3) {
  for (const char* name : {"abc", "my-bucket", "a.b.c", "1bucket", "0123"}) {
    EXPECT_TRUE(ValidateBucketName(name).ok()) << name;
  }
  EXPECT_TRUE(ValidateBucketName(std::string(63, 'a')).ok());
}

TEST(BucketName, RefusesAndNamesTheRest) {
  for (const std::string& name :
       {std::string(), std::string("ab"), std::string(64, 'a'), std::string("Upper"),
        std::string("under_score"), std::string("-begin"), std::string("end-"), std::string("a..b"),
        std::string("a.-b"), std::string("a-.b"), std::string("192.168.1.1"), std::string("sp ace"),
        std::string("sl/ash"), std::string("\xff\xfe\xfd")}) {
    const absl::Status status = ValidateBucketName(name);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_EQ(ReasonOf(status), v1::INVALID_BUCKET_NAME) << name;
  }
}

TEST(ObjectKey, AcceptsAnyUtf8UpToTheLimit) {
  for (const std::string& key : {std::string("a"), std::string("a/b//c"), std::string("../x"),
                                 std::string("trébol ☘ 🍀"), std::string(1024, 'k')}) {
    EXPECT_TRUE(ValidateObjectKey(key).ok()) << key;
  }
}

TEST(ObjectKey, RefusesEmptyLongBinaryAndNul) {
  for (const std::string& key : {std::string(), std::string(1025, 'k'), std::string("\xc3"),
                                 std::string("a\0b", 3), std::string("\xed\xa0\x80")}) {
    EXPECT_EQ(ReasonOf(ValidateObjectKey(key)), v1::INVALID_OBJECT_KEY);
  }
}

TEST(Utf8, RefusesOverlongFormsAndSurrogates) {
  EXPECT_FALSE(IsValidUtf8("\xc0\x80"));
  EXPECT_FALSE(IsValidUtf8("\xe0\x80\x80"));
  EXPECT_FALSE(IsValidUtf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(IsValidUtf8("\xed\xbf\xbf"));
  EXPECT_TRUE(IsValidUtf8("\xf4\x8f\xbf\xbf"));
}

}  // namespace
}  // namespace trebol
