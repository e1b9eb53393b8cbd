#include "gateway/s3/codec/response_headers.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

std::string Get(const HttpHeaders& headers, const std::string& name) {
  std::string found = "(none)";
  for (const auto& [key, value] : headers) {
    if (key != name) continue;
    EXPECT_EQ(found, "(none)") << name << " comes twice";
    found = value;
  }
  return found;
}

v1::ObjectInfo Info() {
  v1::ObjectInfo info;
  info.set_size(100);
  info.set_etag("abc-2");
  info.mutable_last_modified()->set_seconds(784111777);
  info.set_content_type("text/plain");
  info.mutable_headers()->set_cache_control("no-cache");
  (*info.mutable_user_metadata())["a"] = "1";
  info.set_version("v7");
  info.set_parts(2);
  info.add_tags()->set_key("k");
  v1::Checksum* const checksum = info.add_checksums();
  checksum->set_algorithm(v1::Checksum::CRC32);
  checksum->set_value("\xc9\x94\x65\xaa");
  return info;
}

TEST(ResponseHeaders, TellWhatAnObjectHas) {
  const HttpHeaders headers = ObjectResponseHeaders(Info(), ObjectAnswer());
  EXPECT_EQ(Get(headers, "ETag"), "\"abc-2\"");
  EXPECT_EQ(Get(headers, "Last-Modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(Get(headers, "Accept-Ranges"), "bytes");
  EXPECT_EQ(Get(headers, "Content-Type"), "text/plain");
  EXPECT_EQ(Get(headers, "Cache-Control"), "no-cache");
  EXPECT_EQ(Get(headers, "x-amz-meta-a"), "1");
  EXPECT_EQ(Get(headers, "x-amz-tagging-count"), "1");
  for (const char* name :
       {"x-amz-version-id", "x-amz-mp-parts-count", "x-amz-checksum-crc32", "x-amz-checksum-type",
        "x-amz-delete-marker", "Content-Range", "Content-Encoding"}) {
    EXPECT_EQ(Get(headers, name), "(none)") << name;
  }
}

TEST(ResponseHeaders, TellMoreWhenAsked) {
  ObjectAnswer answer;
  answer.versioned = answer.checksums = answer.parts_count = true;
  answer.range.emplace().set_offset(10);
  answer.range->set_length(5);
  v1::ObjectInfo info = Info();
  HttpHeaders headers = ObjectResponseHeaders(info, answer);
  EXPECT_EQ(Get(headers, "x-amz-version-id"), "v7");
  EXPECT_EQ(Get(headers, "x-amz-mp-parts-count"), "2");
  EXPECT_EQ(Get(headers, "x-amz-checksum-crc32"), "yZRlqg==");
  EXPECT_EQ(Get(headers, "x-amz-checksum-type"), "FULL_OBJECT");
  EXPECT_EQ(Get(headers, "Content-Range"), "bytes 10-14/100");
  info.set_null_version(true);
  info.mutable_checksums(0)->set_composite(true);
  headers = ObjectResponseHeaders(info, answer);
  EXPECT_EQ(Get(headers, "x-amz-version-id"), "null");
  EXPECT_EQ(Get(headers, "x-amz-checksum-crc32"), "yZRlqg==-2");
  EXPECT_EQ(Get(headers, "x-amz-checksum-type"), "COMPOSITE");
}

TEST(ResponseHeaders, AnswerWritesAndDeletes) {
  EXPECT_EQ(Get(WriteResponseHeaders(Info()), "x-amz-version-id"), "v7");
  v1::ObjectInfo null_version = Info();
  null_version.set_null_version(true);
  EXPECT_EQ(Get(WriteResponseHeaders(null_version), "x-amz-version-id"), "(none)");
  EXPECT_EQ(Get(WriteResponseHeaders(Info()), "ETag"), "\"abc-2\"");
  EXPECT_EQ(Get(DeleteResponseHeaders(true, "v8"), "x-amz-delete-marker"), "true");
  EXPECT_EQ(Get(DeleteResponseHeaders(true, "v8"), "x-amz-version-id"), "v8");
  EXPECT_TRUE(DeleteResponseHeaders(false, "").empty());
}

TEST(ResponseHeaders, AreOverriddenBySignedRequests) {
  const auto query = QueryParameters::Parse(
      "response-content-type=image%2Fpng&response-content-disposition=attachment%3B+filename%3Da");
  HttpHeaders headers = ObjectResponseHeaders(Info(), ObjectAnswer());
  ASSERT_TRUE(OverrideResponseHeaders(*query, true, &headers).ok());
  EXPECT_EQ(Get(headers, "Content-Type"), "image/png");
  EXPECT_EQ(Get(headers, "Content-Disposition"), "attachment; filename=a");
  EXPECT_EQ(CodeOf(OverrideResponseHeaders(*query, false, &headers)), "InvalidRequest");
  const auto none = QueryParameters::Parse("x=1");
  EXPECT_TRUE(OverrideResponseHeaders(*none, false, &headers).ok());
  const auto split = QueryParameters::Parse("response-expires=a%0D%0ASet-Cookie:b");
  EXPECT_EQ(CodeOf(OverrideResponseHeaders(*split, true, &headers)), "InvalidArgument");
}

}  // namespace
}  // namespace trebol
