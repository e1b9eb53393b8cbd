#include "common/object/access_names.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/error.h"

namespace trebol {
namespace {

TEST(AccessNames, IdsAreThoseOfAnyStore) {
  for (const char* id : {"AKIAIOSFODNN7EXAMPLE", "minioadmin", "GK31c2f218a2e44f485b94239e",
                         "backup@host", "a-b_c.d+e", "abc"}) {
    EXPECT_TRUE(ValidateAccessKeyId(id).ok()) << id;
  }
  for (const char* id : {"", "ab", "a/b/c", "a,bcd", "a=bcd", "a bcd", "abc\n", "schlüssel"}) {
    EXPECT_EQ(ReasonOf(ValidateAccessKeyId(id)), v1::INVALID_ACCESS_KEY) << id;
  }
  EXPECT_TRUE(ValidateAccessKeyId(std::string(128, 'k')).ok());
  EXPECT_FALSE(ValidateAccessKeyId(std::string(129, 'k')).ok());
}

TEST(AccessNames, SecretsAreNotRepeatedInErrors) {
  EXPECT_TRUE(ValidateAccessKeySecret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY").ok());
  EXPECT_TRUE(ValidateAccessKeySecret("~!@#$%^&*()=,\"'\\").ok());
  const absl::Status status = ValidateAccessKeySecret("secret with spaces");
  EXPECT_EQ(ReasonOf(status), v1::INVALID_ACCESS_KEY);
  EXPECT_EQ(std::string(status.message()).find("secret with spaces"), std::string::npos);
  EXPECT_FALSE(ValidateAccessKeySecret("1234567").ok());
  EXPECT_TRUE(ValidateAccessKeySecret("12345678").ok());
  EXPECT_FALSE(ValidateAccessKeySecret("12345678\x7F").ok());
}

TEST(AccessNames, DisplayNamesAreText) {
  EXPECT_TRUE(ValidateDisplayName("").ok());
  EXPECT_TRUE(ValidateDisplayName("Zoë's backups").ok());
  EXPECT_FALSE(ValidateDisplayName("tab\there").ok());
  EXPECT_FALSE(ValidateDisplayName("\xC3").ok());
  EXPECT_FALSE(ValidateDisplayName(std::string(129, 'n')).ok());
}

TEST(AccessNames, ABucketWithoutOwnerIsRoots) {
  v1::BucketRow bucket;
  EXPECT_EQ(OwnerOf(bucket), "root");
  bucket.set_owner("alice");
  EXPECT_EQ(OwnerOf(bucket), "alice");
}

}  // namespace
}  // namespace trebol
