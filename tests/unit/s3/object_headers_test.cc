#include "gateway/s3/codec/object_headers.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

RequestHead Head(Headers headers) {
  RequestHead head;
  head.headers = std::move(headers);
  return head;
}
std::string Code(Headers headers) {
  return CodeOf(ReadUploadHeaders(Head(std::move(headers))).status());
}

TEST(ObjectHeaders, AreReadIntoTheMessage) {
  const auto upload = ReadUploadHeaders(Head({{"content-type", "text/plain"},
                                              {"cache-control", "no-cache"},
                                              {"content-disposition", "attachment"},
                                              {"content-language", "es"},
                                              {"expires", "never"},
                                              {"content-encoding", "aws-chunked, gzip"},
                                              {"x-amz-meta-a", "1"},
                                              {"x-amz-meta-a", "2"},
                                              {"x-amz-meta-b-c", "caf\xc3\xa9"},
                                              {"x-amz-tagging", "k=v+w&l="},
                                              {"x-amz-storage-class", "STANDARD"},
                                              {"x-amz-acl", "private"},
                                              {"content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="}}));
  ASSERT_TRUE(upload.ok()) << upload.status();
  const v1::PutObjectRequest::Header& header = upload->header;
  EXPECT_EQ(header.content_type(), "text/plain");
  EXPECT_EQ(header.headers().cache_control(), "no-cache");
  EXPECT_EQ(header.headers().content_disposition(), "attachment");
  EXPECT_EQ(header.headers().content_language(), "es");
  EXPECT_EQ(header.headers().expires(), "never");
  EXPECT_EQ(header.headers().content_encoding(), "gzip");
  EXPECT_TRUE(upload->aws_chunked);
  EXPECT_EQ(header.user_metadata().at("a"), "1,2");
  EXPECT_EQ(header.user_metadata().at("b-c"), "caf\xc3\xa9");
  ASSERT_EQ(header.tags_size(), 2);
  EXPECT_EQ(header.tags(0).value(), "v w");
  EXPECT_EQ(upload->canned_acl, "private");
  EXPECT_EQ(absl::BytesToHexString(*upload->content_md5), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(ObjectHeaders, LeaveOutWhatIsNotSaid) {
  auto upload = ReadUploadHeaders(Head({{"content-encoding", "aws-chunked"}}));
  ASSERT_TRUE(upload.ok()) << upload.status();
  EXPECT_TRUE(upload->aws_chunked);
  EXPECT_FALSE(upload->header.has_headers());
  EXPECT_FALSE(upload->content_md5.has_value());
  EXPECT_EQ(upload->header.content_type(), "binary/octet-stream");
  upload->header.clear_content_type();
  EXPECT_EQ(upload->header.ByteSizeLong(), 0u);
}

TEST(ObjectHeaders, ReadOneChecksum) {
  const auto given = ReadUploadHeaders(
      Head({{"x-amz-checksum-crc32c", "yZRlqg=="}, {"x-amz-sdk-checksum-algorithm", "CRC32C"}}));
  ASSERT_TRUE(given.ok()) << given.status();
  ASSERT_EQ(given->header.checksums_size(), 1);
  EXPECT_EQ(given->header.checksums(0).value(), "\xc9\x94\x65\xaa");
  const auto later = ReadUploadHeaders(Head({{"x-amz-trailer", "X-Amz-Checksum-CRC64NVME"}}));
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->trailer_names, std::vector<std::string>{"x-amz-checksum-crc64nvme"});
  EXPECT_EQ(later->header.checksums(0).algorithm(), v1::Checksum::CRC64NVME);
  EXPECT_EQ(later->header.checksums(0).value(), "");
  const auto asked = ReadUploadHeaders(
      Head({{"x-amz-checksum-algorithm", "SHA256"}, {"x-amz-checksum-type", "COMPOSITE"}}));
  EXPECT_EQ(asked->checksum_algorithm, v1::Checksum::SHA256);
  EXPECT_EQ(asked->checksum_type, ChecksumType::kComposite);
}

TEST(ObjectHeaders, RefuseWrongChecksums) {
  EXPECT_EQ(Code({{"content-md5", "x"}}), "InvalidDigest");
  EXPECT_EQ(Code({{"content-md5", ""}}), "InvalidDigest");
  EXPECT_EQ(Code({{"content-md5", "yZRlqg=="}}), "InvalidDigest");
  EXPECT_EQ(Code({{"x-amz-checksum-sha1", "yZRlqg=="}}), "InvalidRequest");
  EXPECT_EQ(Code({{"x-amz-checksum-crc32", "yZRlqg"}}), "InvalidRequest");
  EXPECT_EQ(Code({{"x-amz-checksum-crc32", " yZRlqg=="}}), "InvalidRequest");
  EXPECT_EQ(Code({{"x-amz-checksum-crc32", "yZRlqg=="}, {"x-amz-checksum-crc32c", "yZRlqg=="}}),
            "InvalidRequest");
  EXPECT_EQ(Code({{"x-amz-trailer", "x-amz-meta-a"}}), "InvalidRequest");
  EXPECT_EQ(Code({{"x-amz-trailer", "x-amz-checksum-md5"}}), "InvalidRequest");
  EXPECT_EQ(Code({{"x-amz-checksum-algorithm", "MD5"}}), "InvalidRequest");
  EXPECT_EQ(Code({{"x-amz-checksum-type", "HALF"}}), "InvalidRequest");
  EXPECT_EQ(Code({{"x-amz-checksum-crc32", "yZRlqg=="}, {"x-amz-sdk-checksum-algorithm", "SHA1"}}),
            "InvalidRequest");
  EXPECT_EQ(Code({{"x-amz-sdk-checksum-algorithm", "SHA1"}}), "InvalidRequest");
}

TEST(ObjectHeaders, RefuseWhatAnObjectCannotHave) {
  EXPECT_EQ(Code({{"x-amz-storage-class", "GLACIER"}}), "InvalidStorageClass");
  EXPECT_EQ(Code({{"x-amz-acl", "everybody"}}), "InvalidArgument");
  EXPECT_EQ(Code({{"x-amz-meta-", "a"}}), "InvalidArgument");
  EXPECT_EQ(Code({{"x-amz-meta-a", "\xff"}}), "InvalidArgument");
  EXPECT_EQ(Code({{"content-type", "\xff"}}), "InvalidArgument");
  for (const char* name :
       {"x-amz-server-side-encryption", "x-amz-server-side-encryption-customer-key",
        "x-amz-object-lock-mode", "x-amz-website-redirect-location", "x-amz-grant-read"}) {
    const absl::Status status = ReadUploadHeaders(Head({{name, "x"}})).status();
    EXPECT_EQ(CodeOf(status), "NotImplemented");
    EXPECT_NE(status.message().find(name), std::string::npos);
  }
}

TEST(ObjectHeaders, ReadTags) {
  EXPECT_TRUE(ParseTaggingHeader("")->empty());
  const auto tags = ParseTaggingHeader("a%3D=%2Bb&c");
  ASSERT_TRUE(tags.ok());
  EXPECT_EQ(tags->Get(0).key(), "a=");
  EXPECT_EQ(tags->Get(0).value(), "+b");
  EXPECT_EQ(tags->Get(1).key(), "c");
  for (const char* text : {"=v", "a=%", "a=%FF", "%FF=a", "a=1&a=2"}) {
    EXPECT_EQ(CodeOf(ParseTaggingHeader(text).status()), "InvalidArgument") << text;
  }
}

TEST(ObjectHeaders, ReadTrailers) {
  const auto trailer = ReadChecksumTrailer({{"x-amz-checksum-crc32", "yZRlqg=="}});
  ASSERT_TRUE(trailer.ok());
  EXPECT_EQ(trailer->checksums(0).algorithm(), v1::Checksum::CRC32);
  EXPECT_EQ(CodeOf(ReadChecksumTrailer({{"x-amz-checksum-crc32", "x"}}).status()),
            "InvalidRequest");
}

}  // namespace
}  // namespace trebol
