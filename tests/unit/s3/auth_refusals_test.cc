// Each reason for which the gate of the S3 door refuses a request that is signed by headers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/sigv4/digest.h"
#include "common/sigv4/sigv4.h"
#include "tests/unit/s3/auth_rig.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(AuthRefusals, RefusesRequestsWithoutADate) {
  AuthRig rig;
  RequestHead head = Signed(PlainGet());
  for (const char* date : {"", "yesterday", "19500707T215304Z", "infinite-future", "infinite-past",
                           "2013-05-24T00:00:00Z"}) {
    SetHeader(&head, "x-amz-date", date);
    EXPECT_EQ(rig.CodeOf(head), "AccessDenied") << date;
    EXPECT_THAT(rig.MessageOf(head), HasSubstr("valid Date or x-amz-date"));
  }
  RemoveHeader(&head, "x-amz-date");
  EXPECT_EQ(rig.CodeOf(head), "AccessDenied");
  head = Signed(PlainGet());
  head.headers.emplace_back("x-amz-date", "20130524T000000Z");
  EXPECT_EQ(rig.CodeOf(head), "AccessDenied");
}

TEST(AuthRefusals, RefusesBothWaysAtOnce) {
  AuthRig rig;
  RequestHead head = Presigned(PlainGet());
  SetHeader(&head, "authorization", std::string(Signed(PlainGet()).Header("authorization")));
  EXPECT_EQ(rig.CodeOf(head), "InvalidArgument");
  EXPECT_THAT(rig.MessageOf(head), HasSubstr("Only one auth mechanism allowed"));
  for (const char* query :
       {"X-Amz-Signature=1", "X-Amz-Credential=1", "AWSAccessKeyId=a", "Signature=a&Expires=1"}) {
    RequestHead mixed = PlainGet();
    mixed.query = query;
    EXPECT_EQ(rig.CodeOf(Signed(mixed)), "InvalidArgument") << query;
  }
  head = Signed(PlainGet());
  head.headers.emplace_back("authorization", "AWS a:b");
  EXPECT_EQ(rig.CodeOf(head), "InvalidArgument");
}

TEST(AuthRefusals, NamesTheVersionThatItKnows) {
  AuthRig rig;
  RequestHead head = PlainGet();
  for (const char* value : {"AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=",
                            "AWS4-ECDSA-P256-SHA256 Credential=a"}) {
    SetHeader(&head, "authorization", value);
    EXPECT_EQ(rig.CodeOf(head), "InvalidRequest");
    EXPECT_THAT(rig.MessageOf(head), HasSubstr("AWS4-HMAC-SHA256"));
  }
  head = PlainGet();
  head.query = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1141889120&Signature=vjbyPxybdZ";
  rig.options.accept_version_2 = false;
  EXPECT_EQ(rig.CodeOf(head), "InvalidRequest");
  for (const char* value : {"Bearer abc", "Basic YTpi", "AWS4-HMAC-SHA512 Credential=a", "x"}) {
    head = PlainGet();
    SetHeader(&head, "authorization", value);
    EXPECT_EQ(rig.CodeOf(head), "InvalidArgument") << value;
  }
}

TEST(AuthRefusals, RefusesMalformedAuthorization) {
  AuthRig rig;
  const std::string right(Signed(PlainGet()).Header("authorization"));
  const auto with = [&](absl::string_view from, absl::string_view to) {
    RequestHead head = Signed(PlainGet());
    ReplaceInHeader(&head, "authorization", from, to);
    return rig.CodeOf(head);
  };
  const char* const code = "AuthorizationHeaderMalformed";
  EXPECT_EQ(with("Credential=", "Credentials="), code);
  EXPECT_EQ(with("Signature=", "Signature"), code);
  EXPECT_EQ(with("SignedHeaders=", "SignedHeaders=,SignedHeaders="), code);
  EXPECT_EQ(with(", Signature=", ", Signature=0, Signature="), code);
  EXPECT_EQ(with(", Signature=", ", , Signature="), code);
  EXPECT_EQ(with("/aws4_request", ""), code);
  EXPECT_EQ(with("SignedHeaders=host;", "SignedHeaders=Host;"), code);
  EXPECT_EQ(with("SignedHeaders=host;", "SignedHeaders=host;host;"), code);
  EXPECT_EQ(with("SignedHeaders=host;", "SignedHeaders=host;;"), code);
  EXPECT_EQ(with("host;x-amz-content-sha256;x-amz-date", "x-amz-content-sha256;host;x-amz-date"),
            code);
  RequestHead bare = PlainGet();
  SetHeader(&bare, "authorization", "AWS4-HMAC-SHA256");
  EXPECT_EQ(rig.CodeOf(bare), code);
  SetHeader(&bare, "x-amz-date", "20130524T000000Z");
  SetHeader(&bare, "authorization", right.substr(0, right.find(", Signature=")));
  EXPECT_EQ(rig.CodeOf(bare), code);
  EXPECT_EQ(rig.keys.asked(), 0);
}

TEST(AuthRefusals, TellsTheRegion) {
  AuthRig rig;
  rig.options.region = "pontevedra-1";
  for (const char* region : {"pontevedra-1", "us-east-1", ""}) {
    EXPECT_EQ(rig.CodeOf(Signed(PlainGet(), sigv4::kUnsignedPayload, region)), "") << region;
  }
  const RequestHead head = Signed(PlainGet(), sigv4::kUnsignedPayload, "eu-west-1");
  EXPECT_EQ(rig.CodeOf(head), "AuthorizationHeaderMalformed");
  EXPECT_THAT(rig.MessageOf(head),
              HasSubstr("the region 'eu-west-1' is wrong; expecting 'pontevedra-1'"));
  EXPECT_EQ(AttachmentOf(rig.Try(head).status()), "pontevedra-1");
}

TEST(AuthRefusals, WantsEveryAmzHeaderSigned) {
  AuthRig rig;
  RequestHead head = Signed(PlainGet());
  head.headers.emplace_back("x-amz-acl", "public-read");
  EXPECT_EQ(rig.CodeOf(head), "AccessDenied");
  EXPECT_THAT(
      rig.MessageOf(head),
      HasSubstr("There were headers present in the request which were not signed: x-amz-acl"));
  head = Signed(PlainGet());
  head.headers.emplace_back("content-type", "text/html");
  head.headers.emplace_back("range", "bytes=0-1");
  head.headers.emplace_back("x-amzn-trace-id", "Root=1");
  EXPECT_EQ(rig.CodeOf(head), "");
}

TEST(AuthRefusals, WantsTheHostSigned) {
  AuthRig rig;
  RequestHead head = Signed(PlainGet());
  ReplaceInHeader(&head, "authorization", "SignedHeaders=host;", "SignedHeaders=");
  EXPECT_EQ(rig.CodeOf(head), "AccessDenied");
  EXPECT_THAT(rig.MessageOf(head), HasSubstr("not signed: host"));
}

TEST(AuthRefusals, MissesASignedHeader) {
  AuthRig rig;
  RequestHead head = PlainGet();
  SetHeader(&head, "content-type", "");
  head = Signed(head);
  EXPECT_EQ(rig.CodeOf(head), "");
  RemoveHeader(&head, "content-type");  // empty and absent look the same to a signature
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
  EXPECT_THAT(rig.MessageOf(head), HasSubstr("'content-type' was signed but did not arrive"));
}

TEST(AuthRefusals, WantsToKnowThePayload) {
  AuthRig rig;
  RequestHead head = Signed(PlainGet());
  RemoveHeader(&head, "x-amz-content-sha256");
  EXPECT_EQ(rig.CodeOf(head), "InvalidRequest");
  EXPECT_THAT(rig.MessageOf(head),
              HasSubstr("Missing required header for this request: x-amz-content-sha256"));
  EXPECT_EQ(rig.CodeOf(Signed(PlainGet(), "abc")), "InvalidArgument");
  EXPECT_EQ(rig.Try(Signed(PlainGet()))->payload.kind, PayloadRule::Kind::kUnsigned);
  EXPECT_EQ(rig.Try(Signed(PlainGet(), sigv4::kStreamingUnsignedTrailer))->payload.kind,
            PayloadRule::Kind::kStreamingUnsignedTrailer);
}

TEST(AuthRefusals, HasNoSessionTokens) {
  AuthRig rig;
  RequestHead head = PlainGet();
  SetHeader(&head, "x-amz-security-token", "FwoGZXIvYXdzEBY");
  EXPECT_EQ(rig.CodeOf(Signed(head)), "InvalidToken");
  EXPECT_EQ(rig.CodeOf(head), "InvalidToken");
  head = PlainGet();
  head.query = "X-Amz-Security-Token=FwoGZXIvYXdzEBY";
  EXPECT_EQ(rig.CodeOf(head), "InvalidToken");
}

TEST(AuthRefusals, KnowsWhoseKeyItIs) {
  AuthRig rig;
  RequestHead head = Signed(PlainGet());
  ReplaceInHeader(&head, "authorization", "AKIAIOSFODNN7EXAMPLE", "AKIAUNKNOWN");
  EXPECT_EQ(rig.CodeOf(head), "InvalidAccessKeyId");
  EXPECT_EQ(ReasonOf(rig.Try(head).status()), v1::ACCESS_KEY_UNKNOWN);
  EXPECT_THAT(rig.MessageOf(head), Not(HasSubstr("canonical request")));
}

TEST(AuthRefusals, TakesNoKeyWithoutASecret) {
  AuthRig rig;
  rig.keys.Add({"EMPTY", "", "eve"});
  RequestHead head = PlainGet();
  ASSERT_TRUE(sigv4::Signer({"EMPTY", ""}, "us-east-1")
                  .Sign(sigv4::ExampleTime(), sigv4::kUnsignedPayload, &head)
                  .ok());
  EXPECT_EQ(rig.CodeOf(head), "InvalidAccessKeyId");
}

TEST(AuthRefusals, RefusesAKeyAfterItsTime) {
  AuthRig rig;
  const sigv4::Credentials example = sigv4::ExampleCredentials();
  rig.keys.Add({example.access_key_id, example.secret, "alice", "Alice", rig.now});
  const auto expired = rig.Try(Signed(PlainGet())).status();
  EXPECT_EQ(ReasonOf(expired), v1::ACCESS_KEY_EXPIRED);
  EXPECT_THAT(std::string(expired.message()), HasSubstr("expired at 20130524T000000Z"));
  rig.keys.Add(
      {example.access_key_id, example.secret, "alice", "Alice", rig.now + absl::Seconds(1)});
  EXPECT_EQ(rig.CodeOf(Signed(PlainGet())), "");
}

TEST(AuthRefusals, FailsWithTheSourceOfKeys) {
  AuthRig rig;
  rig.keys.Fail(absl::UnavailableError("metadata is away"));
  EXPECT_EQ(rig.Try(Signed(PlainGet())).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(rig.CodeOf(PlainGet()), "anonymous");
}

TEST(AuthRefusals, SaysWhatWasSignedAndWhatWasSeen) {
  AuthRig rig;
  RequestHead head = Signed(PlainGet());
  head.method = "DELETE";
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
  const std::string message = rig.MessageOf(head);
  EXPECT_THAT(message, HasSubstr("access key 'AKIAIOSFODNN7EXAMPLE'"));
  EXPECT_THAT(message, HasSubstr("the headers 'host;x-amz-content-sha256;x-amz-date'"));
  EXPECT_THAT(message, HasSubstr("DELETE /bucket/key"));
  EXPECT_THAT(message, HasSubstr("host 's3.example'"));
  EXPECT_THAT(message, HasSubstr("payload hash UNSIGNED-PAYLOAD"));
  const std::string canonical =
      "DELETE\n/bucket/key\n\nhost:s3.example\nx-amz-content-sha256:UNSIGNED-PAYLOAD\n"
      "x-amz-date:20130524T000000Z\n\nhost;x-amz-content-sha256;x-amz-date\nUNSIGNED-PAYLOAD";
  EXPECT_THAT(message, HasSubstr(sigv4::Sha256Hex(canonical)));
  EXPECT_THAT(message, Not(HasSubstr("--external-url")));
  EXPECT_THAT(message, Not(HasSubstr(sigv4::ExampleCredentials().secret)));
}

TEST(AuthRefusals, HintsAtProxies) {
  AuthRig rig;
  RequestHead head = Signed(PlainGet());
  SetHeader(&head, "host", "10.0.0.7:9000");
  SetHeader(&head, "x-forwarded-host", "s3.example");
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");  // anybody can send that header
  EXPECT_THAT(rig.MessageOf(head), HasSubstr("the client asked for the host 's3.example'"));
  EXPECT_THAT(rig.MessageOf(head), HasSubstr("--external-url"));
  RemoveHeader(&head, "x-forwarded-host");
  SetHeader(&head, "via", "1.1 squid");
  EXPECT_THAT(rig.MessageOf(head), HasSubstr("it has the header via"));
  rig.options.external_host = "else.example";
  EXPECT_THAT(rig.MessageOf(head), HasSubstr("host 'else.example' of --external-url either"));
}

TEST(AuthRefusals, RefusesTextThatHttpDoesNotAllow) {
  AuthRig rig;
  const RequestHead right = Signed(PlainGet());
  RequestHead head = right;
  head.method = "GET\n";
  EXPECT_EQ(rig.CodeOf(head), "InvalidRequest");
  head = right;
  head.path = "/bucket/key\n";
  EXPECT_EQ(rig.CodeOf(head), "InvalidRequest");
  head = right;
  head.path = "%2Fbucket/key";
  EXPECT_EQ(rig.CodeOf(head), "InvalidRequest");
  for (const char* name : {"", "X-Amz-Acl", "a b", "a:b", "a\n"}) {
    head = right;
    head.headers.emplace_back(name, "1");
    EXPECT_EQ(rig.CodeOf(head), "InvalidRequest") << name;
  }
  head = right;
  head.headers.emplace_back("content-type", "a\nx-amz-acl:public-read");
  EXPECT_EQ(rig.CodeOf(head), "InvalidRequest");
  for (const char* path : {"/bucket/%", "/bucket/%zz"}) {
    head = PlainGet();
    head.path = path;
    EXPECT_EQ(rig.CodeOf(head), "InvalidURI") << path;
  }
  head = PlainGet();
  head.query = "prefix=%f";
  EXPECT_EQ(rig.CodeOf(head), "InvalidURI");
}

}  // namespace
}  // namespace trebol
