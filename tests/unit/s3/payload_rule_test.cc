#include "gateway/s3/auth/payload_rule.h"

#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "common/sigv4/digest.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using Kind = PayloadRule::Kind;

TEST(PayloadRule, KnowsWhatAwsKnows) {
  EXPECT_EQ(ParsePayloadRule("UNSIGNED-PAYLOAD")->kind, Kind::kUnsigned);
  EXPECT_EQ(ParsePayloadRule("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")->kind, Kind::kStreamingSigned);
  EXPECT_EQ(ParsePayloadRule("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")->kind,
            Kind::kStreamingSignedTrailer);
  EXPECT_EQ(ParsePayloadRule("STREAMING-UNSIGNED-PAYLOAD-TRAILER")->kind,
            Kind::kStreamingUnsignedTrailer);
  const auto rule = ParsePayloadRule(absl::AsciiStrToUpper(sigv4::kEmptySha256));
  EXPECT_EQ(rule->kind, Kind::kSha256);
  EXPECT_EQ(rule->sha256, sigv4::kEmptySha256);
  EXPECT_FALSE(rule->Chunked());
  EXPECT_TRUE(ParsePayloadRule("STREAMING-UNSIGNED-PAYLOAD-TRAILER")->Chunked());
  EXPECT_FALSE(ParsePayloadRule("STREAMING-UNSIGNED-PAYLOAD-TRAILER")->ChunksAreSigned());
  EXPECT_TRUE(ParsePayloadRule("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")->ChunksAreSigned());
}

TEST(PayloadRule, KnowsNothingElse) {
  for (const std::string& value : {std::string(""), std::string("unsigned-payload"),
                                   std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g'),
                                   std::string("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"),
                                   std::string("UNSIGNED-PAYLOAD,UNSIGNED-PAYLOAD")}) {
    const auto rule = ParsePayloadRule(value);
    ASSERT_FALSE(rule.ok()) << value;
    EXPECT_EQ(ToS3Error(rule.status()).code, "InvalidArgument");
  }
}

}  // namespace
}  // namespace trebol
