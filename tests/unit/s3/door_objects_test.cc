#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/s3/door_rig.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(DoorObjects, GivesBackWhatWasPut) {
  DoorRig rig;
  const std::string content = GatewayRig::Text(3500);  // four chunks
  const DoorAnswer put = rig.Ask(
      "alice", "PUT", "/bucket/a/b%20c", content,
      {{"content-type", "text/plain"}, {"x-amz-meta-color", "red"}, {"cache-control", "no-cache"}});
  ASSERT_EQ(put.status, 200) << put.body;
  const DoorAnswer got = rig.Ask("alice", "GET", "/bucket/a/b%20c");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, content);
  EXPECT_EQ(got.Header("etag"), put.Header("etag"));
  EXPECT_EQ(got.Header("content-type"), "text/plain");
  EXPECT_EQ(got.Header("x-amz-meta-color"), "red");
  EXPECT_EQ(got.Header("cache-control"), "no-cache");
  EXPECT_NE(got.Header("x-amz-request-id"), put.Header("x-amz-request-id"));
  const DoorAnswer head = rig.Ask("alice", "HEAD", "/bucket/a/b%20c");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("content-length"), "3500");
  EXPECT_EQ(head.Header("etag"), put.Header("etag"));
}

TEST(DoorObjects, SendsRangesAndSaysSo) {
  DoorRig rig;
  ASSERT_EQ(rig.Ask("alice", "PUT", "/bucket/key", "0123456789").status, 200);
  const auto range = [&](const char* text) {
    return rig.Ask("alice", "GET", "/bucket/key", "", {{"range", text}});
  };
  EXPECT_EQ(range("bytes=2-4").body, "234");
  EXPECT_EQ(range("bytes=2-4").Header("content-range"), "bytes 2-4/10");
  EXPECT_EQ(range("bytes=-3").body, "789");
  EXPECT_EQ(range("bytes=7-100").Header("content-range"), "bytes 7-9/10");
  EXPECT_EQ(range("bytes=0-").status, 206);
  EXPECT_EQ(range("bytes=10-").Code(), "InvalidRange");
  EXPECT_EQ(range("bytes=1-2,4-5").status, 200);
  ASSERT_EQ(rig.Ask("alice", "PUT", "/bucket/empty").status, 200);
  EXPECT_EQ(rig.Ask("alice", "GET", "/bucket/empty", "", {{"range", "bytes=0-"}}).status, 416);
  EXPECT_EQ(rig.Ask("alice", "GET", "/bucket/empty").status, 200);
}

TEST(DoorObjects, TellsWhatTheClientHasWithA304) {
  DoorRig rig;
  const std::string etag = rig.Ask("alice", "PUT", "/bucket/key", "x").Header("etag");
  const DoorAnswer same = rig.Ask("alice", "GET", "/bucket/key", "", {{"if-none-match", etag}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.Header("etag"), etag);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(rig.Ask("alice", "GET", "/bucket/key", "", {{"if-match", "\"no\""}}).Code(),
            "PreconditionFailed");
}

TEST(DoorObjects, TellsOfDeleteMarkers) {
  DoorRig rig;
  ASSERT_EQ(rig.Ask("alice", "PUT", "/bucket?versioning",
                    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
                .status,
            200);
  const DoorAnswer put = rig.Ask("alice", "PUT", "/bucket/key", "x");
  const std::string version = put.Header("x-amz-version-id");
  EXPECT_NE(version, "");
  const DoorAnswer deleted = rig.Ask("alice", "DELETE", "/bucket/key");
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.Header("x-amz-delete-marker"), "true");
  const std::string marker = deleted.Header("x-amz-version-id");
  const DoorAnswer gone = rig.Ask("alice", "GET", "/bucket/key");
  EXPECT_EQ(gone.Code(), "NoSuchKey");
  EXPECT_EQ(gone.Header("x-amz-delete-marker"), "true");
  EXPECT_EQ(gone.Header("x-amz-version-id"), marker);
  const DoorAnswer refused = rig.Ask("alice", "GET", "/bucket/key?versionId=" + marker);
  EXPECT_EQ(refused.Code(), "MethodNotAllowed");
  EXPECT_EQ(refused.Header("x-amz-delete-marker"), "true");
  EXPECT_EQ(rig.Ask("alice", "GET", "/bucket/key?versionId=" + version).body, "x");
}

TEST(DoorObjects, StoresNothingOfABodyThatIsNotWhatWasSaid) {
  DoorRig rig;
  const auto put = [&](const char* name, const char* value) {
    return rig.Ask("alice", "PUT", "/bucket/key", "content", {{name, value}});
  };
  EXPECT_EQ(put("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==").Code(), "BadDigest");
  EXPECT_EQ(put("content-md5", "AAAA").Code(), "InvalidDigest");
  EXPECT_EQ(put("x-amz-checksum-crc32", "AAAAAA==").Code(), "BadDigest");
  EXPECT_EQ(put("if-match", "\"abc\"").status, 404);
  EXPECT_EQ(put("x-amz-server-side-encryption", "AES256").Code(), "NotImplemented");
  EXPECT_EQ(rig.Ask("alice", "GET", "/bucket/key").Code(), "NoSuchKey");
  EXPECT_EQ(put("x-amz-checksum-crc32c", "JU2J6g==").status, 400);
}

TEST(DoorObjects, OpaqueEtagsAreNoMd5ButWhereOneCame) {
  DoorRig rig({.md5_etags = false});
  const DoorAnswer plain = rig.Ask("alice", "PUT", "/bucket/plain", "content");
  EXPECT_THAT(plain.Header("etag"), HasSubstr("-"));
  const DoorAnswer read = rig.Ask("alice", "GET", "/bucket/plain");
  EXPECT_EQ(read.Header("etag"), plain.Header("etag"));
  EXPECT_EQ(read.body, "content");
  EXPECT_EQ(
      rig.Ask("alice", "GET", "/bucket/plain", "", {{"if-none-match", read.Header("etag")}}).status,
      304);
  const DoorAnswer checked = rig.Ask("alice", "PUT", "/bucket/checked", "content",
                                     {{"content-md5", "mgNkuembtIDdJeHwKEyFVQ=="}});
  EXPECT_EQ(checked.Header("etag"), "\"9a0364b9e99bb480dd25e1f0284c8555\"") << checked.body;
  EXPECT_EQ(rig.Ask("alice", "PUT", "/bucket/checked", "other",
                    {{"content-md5", "mgNkuembtIDdJeHwKEyFVQ=="}})
                .Code(),
            "BadDigest");
  EXPECT_EQ(
      rig.Ask("alice", "PUT", "/bucket/checked", "other", {{"x-amz-checksum-crc32", "AAAAAA=="}})
          .Code(),
      "BadDigest");
}

TEST(DoorObjects, ReadsAPartOfAnObjectThatWasUploadedInParts) {
  DoorRig rig;
  const auto text = [](const std::string& xml, const std::string& name) {
    const size_t at = xml.find("<" + name + ">") + name.size() + 2;
    return xml.substr(at, xml.find('<', at) - at);
  };
  const std::string id = text(rig.Ask("alice", "POST", "/bucket/key?uploads").body, "UploadId");
  const std::string first = GatewayRig::Text(5 << 20);
  std::string parts;
  int number = 0;
  for (const std::string& content : {first, std::string("the end")}) {
    const DoorAnswer part =
        rig.Ask("alice", "PUT", absl::StrCat("/bucket/key?partNumber=", ++number, "&uploadId=", id),
                content);
    ASSERT_EQ(part.status, 200) << part.body;
    absl::StrAppend(&parts, "<Part><PartNumber>", number, "</PartNumber><ETag>",
                    part.Header("etag"), "</ETag></Part>");
  }
  const DoorAnswer completed =
      rig.Ask("alice", "POST", "/bucket/key?uploadId=" + id,
              absl::StrCat("<CompleteMultipartUpload>", parts, "</CompleteMultipartUpload>"));
  ASSERT_EQ(completed.status, 200) << completed.body;
  EXPECT_THAT(completed.body, HasSubstr("-2&quot;</ETag>"));
  const DoorAnswer second = rig.Ask("alice", "GET", "/bucket/key?partNumber=2");
  EXPECT_EQ(second.status, 206);
  EXPECT_EQ(second.body, "the end");
  EXPECT_EQ(second.Header("x-amz-mp-parts-count"), "2");
  EXPECT_EQ(second.Header("content-range"), "bytes 5242880-5242886/5242887");
  EXPECT_EQ(rig.Ask("alice", "GET", "/bucket/key?partNumber=3").Code(), "InvalidPart");
  // What is copied goes from one operation to the other without being gathered.
  const std::string other = text(rig.Ask("alice", "POST", "/bucket/copy?uploads").body, "UploadId");
  const DoorAnswer copied =
      rig.Ask("alice", "PUT", "/bucket/copy?partNumber=1&uploadId=" + other, "",
              {{"x-amz-copy-source", "/bucket/key"}, {"x-amz-copy-source-range", "bytes=5-104"}});
  EXPECT_EQ(copied.status, 200) << copied.body;
  const DoorAnswer range = rig.Ask(
      "alice", "PUT", "/bucket/copy?partNumber=1&uploadId=" + other, "",
      {{"x-amz-copy-source", "/bucket/key"}, {"x-amz-copy-source-range", "bytes=0-99999999"}});
  EXPECT_EQ(range.Code(), "InvalidRange");
}

TEST(DoorObjects, AnswersOtherOriginsByTheRulesOfTheBucket) {
  DoorRig rig;
  const auto preflight = [&] {
    return rig.Ask(std::nullopt, "OPTIONS", "/bucket/key", "",
                   {{"origin", "https://a.example.com"},
                    {"access-control-request-method", "PUT"},
                    {"access-control-request-headers", "x-amz-date, Content-Type"}});
  };
  EXPECT_EQ(preflight().Code(), "AccessForbidden");
  ASSERT_EQ(rig.Ask("alice", "PUT", "/bucket?cors",
                    "<CORSConfiguration><CORSRule><AllowedOrigin>https://*.example.com"
                    "</AllowedOrigin><AllowedMethod>PUT</AllowedMethod><AllowedHeader>*"
                    "</AllowedHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>"
                    "</CORSConfiguration>")
                .status,
            200);
  const DoorAnswer allowed = preflight();
  EXPECT_EQ(allowed.status, 200);
  EXPECT_EQ(allowed.Header("access-control-allow-origin"), "https://a.example.com");
  EXPECT_EQ(allowed.Header("access-control-allow-headers"), "x-amz-date, content-type");
  EXPECT_EQ(allowed.Header("access-control-max-age"), "60");
  // A page is shown the error, too.
  const DoorAnswer denied =
      rig.Ask(std::nullopt, "PUT", "/bucket/key", "", {{"origin", "https://a.example.com"}});
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(denied.Header("access-control-allow-origin"), "https://a.example.com");
  const DoorAnswer other =
      rig.Ask("alice", "PUT", "/bucket/key", "", {{"origin", "https://example.org"}});
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.Header("access-control-allow-origin"), "");
}

TEST(DoorObjects, TakesTheBucketFromTheHostThatWasSigned) {
  DoorRig rig({.domains = {"s3.example.com"}, .external_url = ""});
  ASSERT_EQ(rig.Ask("alice", "PUT", "/key", "x", {{"host", "bucket.s3.example.com"}}).status, 200);
  EXPECT_EQ(rig.Ask("alice", "GET", "/bucket/key").body, "x");
  EXPECT_EQ(rig.Ask("alice", "GET", "/bucket/key", "", {{"host", "s3.example.com:9000"}}).body,
            "x");
}

}  // namespace
}  // namespace trebol
