#include "gateway/s3/access/bucket_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using testing::HasSubstr;
using Access = v1::BucketAccess;

std::string Code(const absl::StatusOr<Access::Anonymous>& parsed) {
  return parsed.ok() ? "" : ToS3Error(parsed.status()).code;
}

TEST(BucketPolicy, ReadsBackWhatItWrites) {
  for (const auto access : {Access::READ, Access::UPLOAD, Access::READ_WRITE}) {
    const auto parsed = ParseBucketPolicy("pictures", BucketPolicyOf("pictures", access));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, access);
  }
}

// The forms that clients send: a statement an action, strings where lists may be, other orders.
TEST(BucketPolicy, KnowsTheWellKnownOnesInAnyForm) {
  const auto read = ParseBucketPolicy("b", R"({"Version":"2012-10-17","Statement":[
    {"Sid":"1","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
    {"Effect":"Allow","Principal":{"AWS":"*"},"Action":["s3:ListBucket","s3:GetBucketLocation"],
     "Resource":["arn:aws:s3:::b"]}]})");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, Access::READ);
  const auto together = ParseBucketPolicy("b", R"({"Statement":
    {"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:ListBucket","s3:GetObject"],
     "Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}})");
  ASSERT_TRUE(together.ok()) << together.status();
  EXPECT_EQ(*together, Access::READ);
}

TEST(BucketPolicy, GivesNoMoreThanWasSaid) {
  // Reading without listing is not what anonymous reading is here.
  const auto only_get = ParseBucketPolicy("b", R"({"Statement":[
    {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]})");
  EXPECT_EQ(Code(only_get), "NotImplemented");
  const auto no_delete = ParseBucketPolicy("b", R"({"Statement":[
    {"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}]})");
  EXPECT_EQ(Code(no_delete), "NotImplemented");
}

TEST(BucketPolicy, NamesTheStatementThatItRefuses) {
  const char* const good =
      R"({"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b"},)";
  const std::pair<const char*, const char*> bad[] = {
      {R"({"Sid":"no","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"})",
       "Effect"},
      {R"({"Sid":"no","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"})",
       "principal"},
      {R"({"Sid":"no","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*"})",
       "s3:*"},
      {R"({"Sid":"no","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/images/*"})",
       "images"},
      {R"({"Sid":"no","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::other/*"})",
       "other"},
      {R"({"Sid":"no","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b"})",
       "s3:GetObject"},
      {R"({"Sid":"no","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{}})",
       "Condition"},
      {R"({"Sid":"no","Effect":"Allow","NotPrincipal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"})",
       "NotPrincipal"},
  };
  for (const auto& [statement, why] : bad) {
    const auto parsed =
        ParseBucketPolicy("b", std::string(R"({"Statement":[)") + good + statement + "]}");
    EXPECT_EQ(Code(parsed), "NotImplemented") << statement;
    EXPECT_THAT(parsed.status().message(), HasSubstr("statement 2 ('no')")) << statement;
    EXPECT_THAT(parsed.status().message(), HasSubstr(why)) << statement;
  }
}

TEST(BucketPolicy, RefusesWhatIsNone) {
  for (
      const char* const text :
      {"", "[]", "{}", "{", R"({"Statement":[]})", R"({"Statement":[1]})", R"({"Statement":"x"})",
       R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":[],"Resource":"arn:aws:s3:::b"}]})",
       R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":[1],"Resource":"arn:aws:s3:::b"}]})",
       R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket"}]})"}) {
    EXPECT_EQ(Code(ParseBucketPolicy("b", text)), "MalformedPolicy") << text;
  }
  EXPECT_EQ(Code(ParseBucketPolicy("b", std::string(kMaxPolicySize + 1, ' '))), "MalformedPolicy");
}

}  // namespace
}  // namespace trebol
