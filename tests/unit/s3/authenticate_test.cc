#include "gateway/s3/auth/authenticate.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/sigv4/chunk_signature.h"
#include "common/sigv4/sigv4.h"
#include "tests/unit/s3/auth_rig.h"

namespace trebol {
namespace {

TEST(Authenticate, PassesTheExamplesOfAws) {
  for (const sigv4::Example& example :
       {sigv4::GetWithRange(), sigv4::PutObject(), sigv4::GetLifecycle(), sigv4::ListObjects()}) {
    RequestHead head = example.head;
    head.headers.emplace_back("x-amz-date", "20130524T000000Z");
    head.headers.emplace_back("x-amz-content-sha256", example.payload_hash);
    // As AWS writes it: no blanks behind the commas.
    head.headers.emplace_back(
        "authorization",
        absl::StrCat("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/", sigv4::kExampleScope,
                     ",SignedHeaders=", example.signed_headers, ",Signature=", example.signature));
    AuthRig rig;
    const auto result = rig.Try(head);
    ASSERT_TRUE(result.ok()) << example.name << result.status();
    EXPECT_FALSE(result->signer.anonymous);
    EXPECT_EQ(result->signer.key.user, "alice");
    EXPECT_EQ(result->signer.key.secret, "");
    EXPECT_EQ(result->host, sigv4::kExampleHost);
    EXPECT_EQ(result->payload.kind, PayloadRule::Kind::kSha256);
    EXPECT_EQ(result->payload.sha256, example.payload_hash);
  }
}

TEST(Authenticate, PassesTheStreamedExampleOfAwsWithItsSeed) {
  RequestHead head = sigv4::StreamedHead();
  head.headers.emplace_back("content-length", "66824");
  head.headers.emplace_back("x-amz-date", "20130524T000000Z");
  head.headers.emplace_back("x-amz-content-sha256", std::string(sigv4::kStreamingSigned));
  head.headers.emplace_back(
      "authorization",
      absl::StrCat("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/", sigv4::kExampleScope,
                   ",SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;"
                   "x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=",
                   sigv4::kStreamedSeed));
  AuthRig rig;
  const auto result = rig.Try(head);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->payload.kind, PayloadRule::Kind::kStreamingSigned);
  sigv4::ChunkSignatures chunks(result->payload.seed);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(chunks.VerifyNext(sigv4::kStreamedChunks[i], sigv4::ChunkHash(i)));
  }
}

TEST(Authenticate, GivesTheSeedForATrailer) {
  RequestHead head = sigv4::StreamedHead();
  head.headers.emplace_back("x-amz-trailer", "x-amz-checksum-crc32c");
  AuthRig rig;
  const auto result = rig.Try(Signed(head, sigv4::kStreamingSignedTrailer));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->payload.kind, PayloadRule::Kind::kStreamingSignedTrailer);
  EXPECT_EQ(result->payload.seed.signature, sigv4::kTrailerSeed);
}

TEST(Authenticate, TakesNothingAtAllForAnonymous) {
  AuthRig rig;
  const auto result = rig.Try(PlainGet());
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->signer.anonymous);
  EXPECT_EQ(result->host, "s3.example");
  EXPECT_EQ(result->payload.kind, PayloadRule::Kind::kUnsigned);
  EXPECT_EQ(rig.keys.asked(), 0);
  RequestHead empty = PlainGet();
  SetHeader(&empty, "authorization", "");
  EXPECT_EQ(rig.CodeOf(empty), "anonymous");
}

TEST(Authenticate, HoldsAnonymousBodiesToTheirHash) {
  AuthRig rig;
  RequestHead head = PlainGet();
  SetHeader(&head, "x-amz-content-sha256", std::string(sigv4::kEmptySha256));
  EXPECT_EQ(rig.Try(head)->payload.kind, PayloadRule::Kind::kSha256);
  SetHeader(&head, "x-amz-content-sha256", std::string(sigv4::kStreamingUnsignedTrailer));
  EXPECT_EQ(rig.Try(head)->payload.kind, PayloadRule::Kind::kStreamingUnsignedTrailer);
  SetHeader(&head, "x-amz-content-sha256", std::string(sigv4::kStreamingSigned));
  EXPECT_EQ(rig.CodeOf(head), "InvalidRequest");
  SetHeader(&head, "x-amz-content-sha256", "none");
  EXPECT_EQ(rig.CodeOf(head), "InvalidArgument");
}

TEST(Authenticate, PassesWhatOurSignerSigns) {
  AuthRig rig;
  for (const char* path : {"/", "/b", "/b/a b", "/b/%C3%B1", "/b//x/../y/", "/b/(1)+$&@:~"}) {
    RequestHead head = {"PUT",
                        path,
                        "tagging&prefix=a+b%2Fc&versionId=",
                        {{"host", "h:9000"},
                         {"content-type", "text/plain;  charset=utf-8"},
                         {"x-amz-meta-a", "1"},
                         {"x-amz-meta-a", " 2   3 "},
                         {"content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="}}};
    head.path = absl::StrCat(path);
    if (head.path.find(' ') != std::string::npos) Replace(&head.path, " ", "%20");
    EXPECT_EQ(rig.MessageOf(Signed(head)), "") << path;
  }
}

TEST(Authenticate, PassesATargetThatWasSignedAsItWasSent) {
  // curl signs the text of the URL: it neither encodes the rest of the path nor sorts the query.
  AuthRig rig;
  for (const char* query : {"", "uploads", "versionId=1&acl"}) {
    RequestHead head = {"GET", "/b/a(1)%2Fx!", query, {{"host", "h"}}};
    sigv4::CanonicalRequest request;
    request.method = "GET";
    request.path = head.path;
    request.query = head.query;
    request.headers = {{"host", "h"},
                       {"x-amz-content-sha256", std::string(sigv4::kEmptySha256)},
                       {"x-amz-date", "20130524T000000Z"}};
    request.payload_hash = std::string(sigv4::kEmptySha256);
    const sigv4::Scope scope = {"20130524", "us-east-1", "s3"};
    const std::string signature =
        sigv4::Signature(sigv4::SigningKey(sigv4::ExampleCredentials().secret, scope),
                         sigv4::StringToSign("20130524T000000Z", scope, request.ToString()));
    head.headers = request.headers;
    head.headers.emplace_back(
        "authorization",
        absl::StrCat("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/", sigv4::kExampleScope,
                     ", SignedHeaders=", request.SignedHeaders(), ", Signature=", signature));
    EXPECT_EQ(rig.MessageOf(head), "") << query;
    RequestHead other = head;
    other.path = "/b/a(2)%2Fx!";
    EXPECT_EQ(rig.CodeOf(other), "SignatureDoesNotMatch");
    other = head;
    other.query += "&tagging";
    EXPECT_EQ(rig.CodeOf(other), "SignatureDoesNotMatch");
  }
}

TEST(Authenticate, AllowsAQuarterOfAnHour) {
  AuthRig rig;
  const RequestHead head = Signed(PlainGet());
  for (const absl::Duration off : {absl::Minutes(15), absl::Minutes(-15)}) {
    rig.now = sigv4::ExampleTime() + off;
    EXPECT_EQ(rig.CodeOf(head), "");
  }
  for (const absl::Duration off : {absl::Seconds(901), absl::Seconds(-901), absl::Hours(9999)}) {
    rig.now = sigv4::ExampleTime() + off;
    EXPECT_EQ(rig.CodeOf(head), "RequestTimeTooSkewed");
    EXPECT_EQ(ReasonOf(rig.Try(head).status()), v1::REQUEST_TIME_SKEWED);
  }
}

TEST(Authenticate, TakesDateWhereThereIsNoAmzDate) {
  AuthRig rig;
  for (const char* date :
       {"Fri, 24 May 2013 00:00:00 GMT", "Fri, 24 May 2013 00:00:00 +0000", "20130524T000000Z"}) {
    sigv4::CanonicalRequest request;
    request.method = "GET";
    request.path = "/b";
    request.headers = {{"date", date}, {"host", "h"}, {"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}};
    request.payload_hash = std::string(sigv4::kUnsignedPayload);
    const sigv4::Scope scope = {"20130524", "us-east-1", "s3"};
    const std::string signature =
        sigv4::Signature(sigv4::SigningKey(sigv4::ExampleCredentials().secret, scope),
                         sigv4::StringToSign("20130524T000000Z", scope, request.ToString()));
    RequestHead head = {"GET", "/b", "", request.headers};
    head.headers.emplace_back(
        "authorization",
        absl::StrCat("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/", sigv4::kExampleScope,
                     ", SignedHeaders=", request.SignedHeaders(), ", Signature=", signature));
    EXPECT_EQ(rig.MessageOf(head), "") << date;
  }
}

TEST(Authenticate, TakesTheFieldsInAnyOrder) {
  AuthRig rig;
  RequestHead head = Signed(PlainGet());
  const std::string value(head.Header("authorization"));
  const std::string rest = value.substr(value.find(' ') + 1);
  const size_t first = rest.find(", ");
  SetHeader(
      &head, "authorization",
      absl::StrCat("AWS4-HMAC-SHA256   ", rest.substr(first + 2), ",", rest.substr(0, first)));
  EXPECT_EQ(rig.MessageOf(head), "");
}

TEST(Authenticate, JoinsHeadersOfOneName) {
  AuthRig rig;
  RequestHead head = PlainGet();
  SetHeader(&head, "x-amz-meta-a", "1");
  head.headers.emplace_back("x-amz-meta-a", "2");
  head = Signed(head);
  EXPECT_EQ(rig.CodeOf(head), "");
  RemoveHeader(&head, "x-amz-meta-a");
  SetHeader(&head, "x-amz-meta-a", "1,2");
  EXPECT_EQ(rig.CodeOf(head), "");
  SetHeader(&head, "x-amz-meta-a", "2,1");
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
}

TEST(Authenticate, TriesTheExternalHost) {
  AuthRig rig;
  rig.options.external_host = "s3.example";
  RequestHead head = Signed(PlainGet());
  SetHeader(&head, "host", "10.0.0.7:9000");
  const auto result = rig.Try(head);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->host, "s3.example");
  // And still the one that was seen.
  RequestHead direct = PlainGet();
  SetHeader(&direct, "host", "10.0.0.7:9000");
  EXPECT_EQ(rig.Try(Signed(direct))->host, "10.0.0.7:9000");
}

TEST(Authenticate, CannotBeTurnedToAnotherBucketByItsHost) {
  AuthRig rig;
  rig.options.external_host = "s3.example";
  RequestHead head = Signed(PlainGet());
  SetHeader(&head, "host", "victim.s3.example");
  const auto result = rig.Try(head);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->host, "s3.example");  // by which the bucket is found
}

}  // namespace
}  // namespace trebol
