#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/error.h"
#include "common/sigv4/digest.h"
#include "tests/unit/s3/auth_rig.h"
#include "tests/unit/s3/old_url.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

TEST(OldSignature, PassesTheExampleOfAws) {
  AuthRig rig;
  rig.now = absl::FromUnixSeconds(1175139000);
  const RequestHead head = {"GET",
                            "/photos/puppy.jpg",
                            "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&"
                            "Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620",
                            {{"host", "johnsmith.s3.amazonaws.com"}}};
  const auto passed =
      RunNow(Authenticate(BackgroundContext(), head, rig.now, rig.options, &rig.keys, "johnsmith"));
  ASSERT_TRUE(passed.ok()) << passed.status();
  EXPECT_EQ(passed->signer.key.id, "AKIAIOSFODNN7EXAMPLE");
  EXPECT_EQ(passed->signer.key.secret, "");
  EXPECT_EQ(passed->payload.kind, PayloadRule::Kind::kPresigned);
  // The same request with the bucket in its path is about another object.
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
}

TEST(OldSignature, BindsWhatTheUrlMeans) {
  AuthRig rig;
  const RequestHead good =
      OldUrl("GET", "/b/k%20y", "versionId=v1&response-content-type=text%2Fplain",
             "/b/k%20y?response-content-type=text/plain&versionId=v1");
  EXPECT_EQ(rig.MessageOf(good), "");
  const auto with = [&](absl::string_view from, absl::string_view to) {
    RequestHead head = good;
    Replace(&head.query, from, to);
    return rig.CodeOf(head);
  };
  EXPECT_EQ(with("versionId=v1", "versionId=v2"), "SignatureDoesNotMatch");
  EXPECT_EQ(with("versionId=v1&", ""), "SignatureDoesNotMatch");
  EXPECT_EQ(with("versionId=v1", "versionId=v1&acl"), "SignatureDoesNotMatch");
  EXPECT_EQ(with("text%2Fplain", "text%2Fhtml"), "SignatureDoesNotMatch");
  EXPECT_EQ(with("Expires=1369440000", "Expires=1369440001"), "SignatureDoesNotMatch");
  EXPECT_EQ(with("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLF"), "InvalidAccessKeyId");
  EXPECT_EQ(with("Signature=", "Signature=A"), "SignatureDoesNotMatch");
  RequestHead other = good;
  other.method = "DELETE";
  EXPECT_EQ(rig.CodeOf(other), "SignatureDoesNotMatch");
  other = good;
  other.path = "/b/other";
  EXPECT_EQ(rig.CodeOf(other), "SignatureDoesNotMatch");
  other = good;
  other.headers.emplace_back("x-amz-acl", "public-read");
  EXPECT_EQ(rig.CodeOf(other), "SignatureDoesNotMatch");
  other.headers.back() = {"x-amz-copy-source", "/b/secret"};
  EXPECT_EQ(rig.CodeOf(other), "SignatureDoesNotMatch");
}

TEST(OldSignature, RefusesWhatItDoesNotProtect) {
  AuthRig rig;
  for (const char* query : {"prefix=a", "list-type=2", "max-keys=3", "x-amz-acl=public-read",
                            "X-Amz-Signature=abc", "attributes", "select"}) {
    const RequestHead head = OldUrl("GET", "/b", query, "/b");
    EXPECT_EQ(rig.CodeOf(head), "InvalidRequest") << query;
    EXPECT_THAT(rig.MessageOf(head), HasSubstr("s3v4")) << query;
  }
  // One value or two parameters: the same text.
  EXPECT_EQ(rig.CodeOf(OldUrl("GET", "/b/k", "response-expires=x%26versionId=y",
                              "/b/k?response-expires=x&versionId=y")),
            "InvalidRequest");
  EXPECT_EQ(rig.CodeOf(OldUrl("GET", "/b/k", "acl&acl", "/b/k?acl")), "InvalidArgument");
}

TEST(OldSignature, TakesTheTypeFromTheHeaderOrTheUrl) {
  AuthRig rig;
  RequestHead head = OldUrl("PUT", "/b/k", "content-type=text%2Fplain", "/b/k", "text/plain");
  EXPECT_EQ(rig.MessageOf(head), "");
  head.headers.emplace_back("content-type", "text/plain");
  EXPECT_EQ(rig.MessageOf(head), "");
  head.headers.back().second = "text/html";
  EXPECT_EQ(rig.CodeOf(head), "SignatureDoesNotMatch");
}

TEST(OldSignature, IsGoodUntilItsTime) {
  AuthRig rig;
  const RequestHead head = OldUrl("GET", "/b/k", "", "/b/k");
  rig.now = absl::FromUnixSeconds(kOldExpires);
  EXPECT_EQ(rig.CodeOf(head), "");
  rig.now += absl::Seconds(1);
  EXPECT_EQ(ReasonOf(rig.Try(head).status()), v1::REQUEST_EXPIRED);
  rig.now = absl::FromUnixSeconds(kOldExpires) - absl::Hours(7 * 24) - absl::Seconds(1);
  EXPECT_EQ(rig.CodeOf(head), "AccessDenied");
  RequestHead odd = head;
  Replace(&odd.query, "Expires=1369440000", "Expires=soon");
  EXPECT_EQ(rig.CodeOf(odd), "AccessDenied");
}

}  // namespace
}  // namespace trebol
