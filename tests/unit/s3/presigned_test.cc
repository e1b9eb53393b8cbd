#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/sigv4/sigv4.h"
#include "tests/unit/s3/auth_rig.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

constexpr char kQueryError[] = "AuthorizationQueryParametersError";

/// The query of a presigned GET with one piece replaced.
RequestHead With(absl::string_view from, absl::string_view to) {
  RequestHead head = Presigned(PlainGet());
  Replace(&head.query, from, to);
  return head;
}

TEST(Presigned, PassesTheExampleOfAws) {
  RequestHead head = {"GET", "/test.txt", "", {{"host", std::string(sigv4::kExampleHost)}}};
  head.query = absl::StrCat(
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-"
      "1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders="
      "host&X-Amz-Signature=",
      sigv4::kPresignedSignature);
  AuthRig rig;
  const auto result = rig.Try(head);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->signer.key.id, "AKIAIOSFODNN7EXAMPLE");
  EXPECT_EQ(result->payload.kind, PayloadRule::Kind::kPresigned);
}

TEST(Presigned, PassesWhatOurSignerSigns) {
  AuthRig rig;
  RequestHead head = {
      "PUT",
      "/b/a%20b/../c",
      "uploadId=x%2By+z&partNumber=1",
      {{"host", "h:9000"}, {"content-type", "text/plain"}, {"x-amz-acl", "private"}}};
  EXPECT_EQ(rig.MessageOf(Presigned(head)), "");
}

TEST(Presigned, IsGoodUntilItsTime) {
  AuthRig rig;
  const RequestHead head = Presigned(PlainGet(), absl::Hours(7 * 24));
  const auto at = [&](absl::Duration later) {
    rig.now = sigv4::ExampleTime() + later;
    return rig.CodeOf(head);
  };
  EXPECT_EQ(at(absl::ZeroDuration()), "");
  EXPECT_EQ(at(absl::Hours(7 * 24)), "");
  EXPECT_EQ(at(absl::Minutes(-15)), "");
  EXPECT_EQ(at(absl::Hours(7 * 24) + absl::Seconds(1)), "AccessDenied");
  EXPECT_EQ(ReasonOf(rig.Try(head).status()), v1::REQUEST_EXPIRED);
  EXPECT_THAT(rig.MessageOf(head), HasSubstr("Request has expired"));
  EXPECT_EQ(at(absl::Minutes(-15) - absl::Seconds(1)), "AccessDenied");
  EXPECT_THAT(rig.MessageOf(head), HasSubstr("not valid yet"));
}

TEST(Presigned, IsValidForOneSecondToSevenDays) {
  AuthRig rig;
  EXPECT_EQ(rig.CodeOf(With("X-Amz-Expires=86400", "X-Amz-Expires=1h")), kQueryError);
  EXPECT_EQ(rig.CodeOf(With("X-Amz-Expires=86400", "X-Amz-Expires=-7")), kQueryError);
  EXPECT_EQ(rig.CodeOf(With("X-Amz-Expires=86400", "X-Amz-Expires=604801")), kQueryError);
  EXPECT_EQ(rig.CodeOf(With("X-Amz-Expires=86400", "X-Amz-Expires=99999999999999999999")),
            kQueryError);
  const RequestHead zero = With("X-Amz-Expires=86400", "X-Amz-Expires=0");
  EXPECT_EQ(ReasonOf(rig.Try(zero).status()), v1::REQUEST_EXPIRED);
  for (const char* seconds : {"0", "-7", "604801"}) {
    const auto status =
        rig.Try(With("X-Amz-Expires=86400", absl::StrCat("X-Amz-Expires=", seconds))).status();
    EXPECT_EQ(ToS3Error(status).http_status, 403) << seconds;
  }
  // Longer by the client's own hand: the signature is of another request.
  EXPECT_EQ(rig.CodeOf(With("X-Amz-Expires=86400", "X-Amz-Expires=86401")),
            "SignatureDoesNotMatch");
}

TEST(Presigned, WantsEveryParameterOnce) {
  AuthRig rig;
  for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date",
                           "X-Amz-SignedHeaders", "X-Amz-Expires"}) {
    EXPECT_EQ(rig.CodeOf(With(absl::StrCat(name, "="), "other=")), kQueryError) << name;
    EXPECT_EQ(rig.CodeOf(With(absl::StrCat(name, "="), absl::StrCat(name, "=&other="))),
              kQueryError)
        << name;
    RequestHead head = Presigned(PlainGet());
    absl::StrAppend(&head.query, "&", name, "=1");
    EXPECT_EQ(rig.CodeOf(head), kQueryError) << name;
    EXPECT_THAT(rig.MessageOf(head), HasSubstr(name));
  }
}

TEST(Presigned, RefusesWhatIsMalformed) {
  AuthRig rig;
  EXPECT_EQ(rig.CodeOf(With("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512")), kQueryError);
  EXPECT_EQ(rig.CodeOf(With("X-Amz-Date=20130524T000000Z", "X-Amz-Date=20130524")), kQueryError);
  EXPECT_EQ(rig.CodeOf(With("X-Amz-Date=2013", "X-Amz-Date=1913")), kQueryError);
  EXPECT_EQ(rig.CodeOf(With("%2F20130524", "%2F20130525")), kQueryError);
  EXPECT_EQ(rig.CodeOf(With("us-east-1", "eu-west-1")), kQueryError);
  EXPECT_EQ(rig.CodeOf(With("SignedHeaders=host", "SignedHeaders=Host")), kQueryError);
  EXPECT_EQ(rig.CodeOf(With("SignedHeaders=host", "SignedHeaders=host%3B")), kQueryError);
}

TEST(Presigned, BindsTheRequest) {
  AuthRig rig;
  RequestHead head = Presigned(PlainGet());
  head.method = "PUT";
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
  head = Presigned(PlainGet());
  head.path = "/bucket/keys";
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
  head = Presigned(PlainGet());
  head.query += "&versionId=1";
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
  head = Presigned(PlainGet());
  SetHeader(&head, "host", "other.example");
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
  head = Presigned(PlainGet());
  SetHeader(&head, "x-amz-acl", "public-read");
  EXPECT_EQ(rig.CodeOf(head), "AccessDenied");
  head = Presigned(PlainGet());
  head.query.back() = head.query.back() == '0' ? '1' : '0';
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
  head = Presigned(PlainGet());
  head.query.pop_back();
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
  // Parameters in another order are the same request.
  head = Presigned(PlainGet());
  const size_t at = head.query.find('&');
  head.query = absl::StrCat(head.query.substr(at + 1), "&", head.query.substr(0, at));
  EXPECT_EQ(rig.CodeOf(head), "");
}

TEST(Presigned, HoldsTheBodyToAHashThatWasSigned) {
  AuthRig rig;
  const auto presigned = [&](std::string hash) {
    // Our signer does not make these; some SDKs do.
    sigv4::CanonicalRequest request;
    const sigv4::Scope scope = {"20130524", "us-east-1", "s3"};
    RequestHead result = PlainGet();
    result.query = absl::StrCat(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=", hash,
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host");
    request.method = "GET";
    request.path = result.path;
    request.query = sigv4::CanonicalQuery(*sigv4::SplitQuery(result.query));
    request.headers = result.headers;
    request.payload_hash = hash;
    absl::StrAppend(
        &result.query, "&X-Amz-Signature=",
        sigv4::Signature(sigv4::SigningKey(sigv4::ExampleCredentials().secret, scope),
                         sigv4::StringToSign("20130524T000000Z", scope, request.ToString())));
    return result;
  };
  EXPECT_EQ(rig.Try(presigned(std::string(sigv4::kUnsignedPayload)))->payload.kind,
            PayloadRule::Kind::kPresigned);
  const auto hashed = rig.Try(presigned(std::string(sigv4::kEmptySha256)));
  ASSERT_TRUE(hashed.ok()) << hashed.status();
  EXPECT_EQ(hashed->payload.kind, PayloadRule::Kind::kSha256);
  EXPECT_EQ(hashed->payload.sha256, sigv4::kEmptySha256);
  EXPECT_EQ(rig.CodeOf(presigned("abc")), "InvalidArgument");
  RequestHead both = presigned(std::string(sigv4::kEmptySha256));
  SetHeader(&both, "x-amz-content-sha256", std::string(sigv4::kUnsignedPayload));
  EXPECT_EQ(rig.CodeOf(both), "InvalidArgument");
}

TEST(Presigned, FitsTheExternalHost) {
  AuthRig rig;
  rig.options.external_host = "s3.example";
  RequestHead head = Presigned(PlainGet());
  SetHeader(&head, "host", "10.0.0.7:9000");
  EXPECT_EQ(rig.Try(head)->host, "s3.example");
}

TEST(Presigned, SaysWhoseKeyItIs) {
  AuthRig rig;
  EXPECT_EQ(rig.CodeOf(With("AKIAIOSFODNN7EXAMPLE", "NOBODY")), "InvalidAccessKeyId");
}

}  // namespace
}  // namespace trebol
