#include "common/sigv4/signer.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/sigv4/sigv4.h"
#include "tests/unit/sigv4/aws_examples.h"

namespace trebol::sigv4 {
namespace {

Signer ExampleSigner() { return Signer(ExampleCredentials(), "us-east-1"); }

TEST(Signer, SignsTheExamplesOfAws) {
  for (Example example : {GetWithRange(), PutObject(), GetLifecycle(), ListObjects()}) {
    const auto seed = ExampleSigner().Sign(ExampleTime(), example.payload_hash, &example.head);
    ASSERT_TRUE(seed.ok()) << seed.status();
    EXPECT_EQ(seed->signature, example.signature) << example.name;
    EXPECT_EQ(example.head.Header("authorization"),
              absl::StrCat("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/", kExampleScope,
                           ", SignedHeaders=", example.signed_headers,
                           ", Signature=", example.signature));
    EXPECT_EQ(example.head.Header("x-amz-date"), "20130524T000000Z");
  }
}

TEST(Signer, GivesTheSeedOfAStreamedBody) {
  RequestHead head = StreamedHead();
  head.headers.emplace_back("x-amz-trailer", "x-amz-checksum-crc32c");
  const auto seed = ExampleSigner().Sign(ExampleTime(), kStreamingSignedTrailer, &head);
  ASSERT_TRUE(seed.ok());
  EXPECT_EQ(seed->signature, kTrailerSeed);
  EXPECT_EQ(seed->scope, kExampleScope);
  EXPECT_EQ(ChunkSignatures(*seed).Next(ChunkHash(0)), kTrailerChunks[0]);
}

TEST(Signer, PresignsTheExampleOfAws) {
  RequestHead head = {"GET", "/test.txt", "", {{"host", std::string(kExampleHost)}}};
  const auto query = ExampleSigner().Presign(ExampleTime(), absl::Hours(24), head);
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(*query,
            absl::StrCat("X-Amz-Algorithm=AWS4-HMAC-SHA256"
                         "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3"
                         "%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
                         "&X-Amz-SignedHeaders=host&X-Amz-Signature=",
                         kPresignedSignature));
}

TEST(Signer, KeepsTheQueryThatIsPresigned) {
  RequestHead head = {"GET", "/b", "prefix=a%20b", {{"host", "h"}}};
  const auto query = ExampleSigner().Presign(ExampleTime(), absl::Seconds(1), head);
  ASSERT_TRUE(query.ok());
  EXPECT_TRUE(absl::StartsWith(*query, "prefix=a%20b&X-Amz-Algorithm="));
}

TEST(Signer, LeavesHeadersThatChangeOnTheWay) {
  RequestHead head = {"PUT",
                      "/b/k",
                      "",
                      {{"host", "h"},
                       {"user-agent", "me"},
                       {"expect", "100-continue"},
                       {"content-length", "3"},
                       {"x-forwarded-for", "::1"},
                       {"content-type", "text/plain"}}};
  ASSERT_TRUE(ExampleSigner().Sign(ExampleTime(), kUnsignedPayload, &head).ok());
  EXPECT_TRUE(
      absl::StrContains(head.Header("authorization"),
                        "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,"));
}

TEST(Signer, PresignsForOneSecondToSevenDays) {
  const RequestHead head = {"GET", "/b/k", "", {{"host", "h"}}};
  for (const absl::Duration good : {kMinValidity, kMaxValidity}) {
    EXPECT_TRUE(ExampleSigner().Presign(ExampleTime(), good, head).ok()) << good;
  }
  for (const absl::Duration bad :
       {absl::ZeroDuration(), absl::Seconds(-1), absl::Milliseconds(1500),
        kMaxValidity + absl::Seconds(1), absl::InfiniteDuration()}) {
    EXPECT_EQ(ExampleSigner().Presign(ExampleTime(), bad, head).status().code(),
              absl::StatusCode::kInvalidArgument)
        << bad;
  }
}

TEST(Signer, RefusesWhatItCannotSign) {
  const auto sign = [](RequestHead head) {
    return ExampleSigner().Sign(ExampleTime(), kUnsignedPayload, &head).status().code();
  };
  const absl::StatusCode refused = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(sign({"GET", "/", "", {}}), refused);
  EXPECT_EQ(sign({"GET", "/%4", "", {{"host", "h"}}}), refused);
  EXPECT_EQ(sign({"GET", "/", "a=%", {{"host", "h"}}}), refused);
  EXPECT_EQ(sign({"GET", "/", "", {{"host", "h"}, {"x-amz-date", "20130524T000000Z"}}}), refused);
  EXPECT_EQ(sign({"GET", "/", "", {{"host", "h"}, {"authorization", "AWS a:b"}}}), refused);
  EXPECT_EQ(ExampleSigner()
                .Presign(ExampleTime(), absl::Hours(1),
                         {"GET", "/", "a=1&X-Amz-Date=20130524T000000Z", {{"host", "h"}}})
                .status()
                .code(),
            refused);
}

}  // namespace
}  // namespace trebol::sigv4
