#include "gateway/s3/auth/credential_scope.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr absl::string_view kTimestamp = "20130524T000000Z";

std::string CodeOf(SignatureForm form, absl::string_view text) {
  const auto scope = ParseCredentialScope(form, text, kTimestamp, "vigo-1");
  return scope.ok() ? "" : ToS3Error(scope.status()).code;
}

TEST(CredentialScope, IsReadFromItsEnd) {
  const auto scope = ParseCredentialScope(
      SignatureForm::kHeader, "a/b/20130524/vigo-1/s3/aws4_request", kTimestamp, "vigo-1");
  ASSERT_TRUE(scope.ok()) << scope.status();
  EXPECT_EQ(scope->access_key_id, "a/b");
  EXPECT_EQ(scope->scope.date, "20130524");
  EXPECT_EQ(scope->scope.region, "vigo-1");
  EXPECT_EQ(scope->scope.ToString(), "20130524/vigo-1/s3/aws4_request");
}

TEST(CredentialScope, MayHaveTheUsualRegionOrNone) {
  EXPECT_EQ(CodeOf(SignatureForm::kHeader, "a/20130524/us-east-1/s3/aws4_request"), "");
  EXPECT_EQ(CodeOf(SignatureForm::kHeader, "a/20130524//s3/aws4_request"), "");
}

TEST(CredentialScope, IsRefusedInTheWordsOfItsForm) {
  for (const char* text :
       {"", "a", "20130524/vigo-1/s3/aws4_request", "/20130524/vigo-1/s3/aws4_request",
        "a/20130524/vigo-1/s3/aws4", "a/20130524/vigo-1/ec2/aws4_request",
        "a/20130525/vigo-1/s3/aws4_request", "a/2013052/vigo-1/s3/aws4_request",
        "a/20130524/vigo-2/s3/aws4_request", "a/20130524/VIGO-1/s3/aws4_request"}) {
    EXPECT_EQ(CodeOf(SignatureForm::kHeader, text), "AuthorizationHeaderMalformed") << text;
    EXPECT_EQ(CodeOf(SignatureForm::kQuery, text), "AuthorizationQueryParametersError") << text;
    EXPECT_EQ(CodeOf(SignatureForm::kPost, text), "InvalidArgument") << text;
  }
  const std::string long_id(257, 'a');
  EXPECT_EQ(CodeOf(SignatureForm::kHeader, long_id + "/20130524/vigo-1/s3/aws4_request"),
            "AuthorizationHeaderMalformed");
}

}  // namespace
}  // namespace trebol
