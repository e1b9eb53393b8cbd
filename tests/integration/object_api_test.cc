// Every operation of the public API, by the SDK on a cluster of real processes.
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using client::ChecksumAlgorithm;
using client::ErrorReason;
using client::Preconditions;
using client::ReasonOf;
using client::Versioning;
using ::testing::ElementsAre;
using ::testing::Pair;

class ObjectApi : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster({.gateways = 2});
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
  }

  client::ObjectInfo Put(const std::string& key, const std::string& bytes,
                         const client::PutObjectOptions& options = {}) {
    const auto info = client().PutObject("bucket", key, bytes, options);
    EXPECT_TRUE(info.ok()) << info.status();
    return info.value_or(client::ObjectInfo());
  }
  /// What a read gives, or the reason of its error.
  std::string Get(const std::string& key, const client::ReadObjectOptions& options = {},
                  const std::string& bucket = "bucket") {
    std::string bytes;
    const auto info = client().GetObject(
        bucket, key,
        [&bytes](absl::string_view piece) {
          absl::StrAppend(&bytes, piece);
          return absl::OkStatus();
        },
        options);
    return info.ok() ? bytes : absl::StrCat("error ", info.status().message());
  }
  ErrorReason Refusal(const std::string& key, const client::ReadObjectOptions& options = {}) {
    return ReasonOf(client().OpenObject("bucket", key, options).status());
  }
  client::PartInfo Part(const client::MultipartUpload& upload, uint32_t number,
                        const std::string& bytes) {
    size_t at = 0;
    const auto part = client().UploadPart(upload, number, [&](char* to, size_t size) {
      const size_t piece = bytes.copy(to, size, at);
      at += piece;
      return absl::StatusOr<size_t>(piece);
    });
    EXPECT_TRUE(part.ok()) << part.status();
    return part.value_or(client::PartInfo());
  }
  /// Waits until all garbage is gone from the nodes, and they hold two or three copies of `size`
  /// bytes (what they hold comes with heartbeats).
  bool AwaitHeld(uint64_t size) {
    return AwaitStatus(absl::StrCat("copies of ", size, " bytes and no garbage"),
                       [size](const client::ClusterStatus& status) {
                         const uint64_t held = ChunkBytes(status);
                         return status.garbage_bytes == 0 && status.garbage_versions == 0 &&
                                held >= 2 * size && held <= 3 * size;
                       });
  }
  static std::string Bytes(uint64_t seed, size_t size) {
    return testing::MadeBytes{.seed = seed, .size = size}.All();
  }
};

TEST_F(ObjectApi, ChecksumsOfEveryAlgorithmAreComparedAndKept) {
  const std::string text = "123456789";
  const std::map<ChecksumAlgorithm, std::string> values = {
      {ChecksumAlgorithm::kCrc32c, "e3069283"},
      {ChecksumAlgorithm::kCrc32, "cbf43926"},
      {ChecksumAlgorithm::kCrc64Nvme, "ae8b14860a799888"},
      {ChecksumAlgorithm::kSha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"},
      {ChecksumAlgorithm::kSha256,
       "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"},
      {ChecksumAlgorithm::kMd5, "25f9e794323b453885f5181f1b624d0b"}};
  client::PutObjectOptions options;
  for (const auto& [algorithm, hex] : values) {
    options.checksums.push_back({algorithm, absl::HexStringToBytes(hex)});
  }
  const client::ObjectInfo info = Put("sums", text, options);
  EXPECT_EQ(info.checksums.size(), values.size());
  for (const client::Checksum& checksum : info.checksums) {
    EXPECT_EQ(absl::BytesToHexString(checksum.value), values.at(checksum.algorithm));
  }
  EXPECT_EQ(info.crc32c, 0xe3069283);
  for (size_t wrong = 0; wrong < options.checksums.size(); ++wrong) {
    client::PutObjectOptions bad = options;
    bad.checksums[wrong].value[0] ^= 1;
    const auto refused = client().PutObject("bucket", "wrong", text, bad);
    EXPECT_EQ(ReasonOf(refused.status()), ErrorReason::kChecksumMismatch) << wrong;
  }
  EXPECT_EQ(Refusal("wrong"), ErrorReason::kObjectNotFound);
}

TEST_F(ObjectApi, ConditionsOfReadsAndWrites) {
  const client::ObjectInfo first = Put("k", "one", {.preconditions = Preconditions::IfAbsent()});
  const auto absent =
      client().PutObject("bucket", "k", "x", {.preconditions = Preconditions::IfAbsent()});
  EXPECT_EQ(ReasonOf(absent.status()), ErrorReason::kPreconditionFailed);
  const client::ObjectInfo second =
      Put("k", "two", {.preconditions = Preconditions::IfMatch(first.etag)});
  const auto stale =
      client().PutObject("bucket", "k", "x", {.preconditions = Preconditions::IfMatch(first.etag)});
  EXPECT_EQ(ReasonOf(stale.status()), ErrorReason::kPreconditionFailed);
  const auto nothing = client().PutObject("bucket", "other", "x",
                                          {.preconditions = Preconditions::IfMatch(first.etag)});
  EXPECT_EQ(ReasonOf(nothing.status()), ErrorReason::kObjectNotFound);

  EXPECT_EQ(Get("k", {.preconditions = Preconditions::IfMatch(second.etag)}), "two");
  EXPECT_EQ(Refusal("k", {.preconditions = Preconditions::IfMatch(first.etag)}),
            ErrorReason::kPreconditionFailed);
  EXPECT_EQ(Refusal("k", {.preconditions = Preconditions::IfNoneMatch(second.etag)}),
            ErrorReason::kNotModified);
  EXPECT_EQ(Get("k", {.preconditions = Preconditions::IfNoneMatch(first.etag)}), "two");
  const absl::Time later = second.last_modified + absl::Minutes(1);
  EXPECT_EQ(Refusal("k", {.preconditions = {.if_modified_since = later}}),
            ErrorReason::kNotModified);
  EXPECT_EQ(Get("k", {.preconditions = {.if_unmodified_since = later}}), "two");
  EXPECT_EQ(Refusal("k", {.preconditions = {.if_unmodified_since = later - absl::Hours(1)}}),
            ErrorReason::kPreconditionFailed);

  const auto kept =
      client().DeleteObject("bucket", "k", {.preconditions = Preconditions::IfMatch(first.etag)});
  EXPECT_EQ(ReasonOf(kept.status()), ErrorReason::kPreconditionFailed);
  EXPECT_TRUE(
      client()
          .DeleteObject("bucket", "k", {.preconditions = Preconditions::IfMatch(second.etag)})
          .ok());
  EXPECT_EQ(Refusal("k"), ErrorReason::kObjectNotFound);
}

TEST_F(ObjectApi, WhatAnObjectCarriesComesBack) {
  client::PutObjectOptions options;
  options.content_type = "text/x";
  options.user_metadata = {{"colour", "green"}};
  options.headers.cache_control = "no-store";
  options.headers.content_disposition = "attachment";
  options.tags = {{"team", "blue"}, {"a", ""}};
  Put("k", "bytes", options);
  auto info = client().HeadObject("bucket", "k");
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->content_type, "text/x");
  EXPECT_EQ(info->headers.cache_control, "no-store");
  EXPECT_EQ(info->headers.content_disposition, "attachment");
  EXPECT_THAT(info->user_metadata, ElementsAre(Pair("colour", "green")));
  EXPECT_THAT(info->tags, ElementsAre(Pair("a", ""), Pair("team", "blue")));
  const std::string version = info->version;
  ASSERT_TRUE(client().SetObjectTags("bucket", "k", {{"new", "tag"}}).ok());
  info = client().HeadObject("bucket", "k");
  EXPECT_THAT(info->tags, ElementsAre(Pair("new", "tag")));
  EXPECT_EQ(info->version, version);
  EXPECT_EQ(Get("k", {.suffix_length = 3}), "tes");
  ASSERT_TRUE(client().SetBucketTags("bucket", {{"cost", "7"}}).ok());
  EXPECT_THAT(client().HeadBucket("bucket")->tags, ElementsAre(Pair("cost", "7")));
}

TEST_F(ObjectApi, VersionsAreKeptListedReadAndDeleted) {
  Put("k", "null");
  ASSERT_TRUE(client().SetBucketVersioning("bucket", Versioning::kEnabled).ok());
  const std::string one = Put("k", "one").version;
  const std::string two = Put("k", "two").version;
  const auto marker = client().DeleteObject("bucket", "k");
  ASSERT_TRUE(marker.ok());
  EXPECT_TRUE(marker->delete_marker);
  EXPECT_EQ(Refusal("k"), ErrorReason::kObjectNotFound);
  EXPECT_EQ(Refusal("k", {.version = marker->version}), ErrorReason::kIsDeleteMarker);
  EXPECT_EQ(Get("k", {.version = one}), "one");
  EXPECT_EQ(Get("k", {.version = "null"}), "null");
  Put("a/b", "in a folder");

  std::vector<std::string> listed;
  client::ListObjectVersionsRequest request{.bucket = "bucket", .delimiter = "/"};
  request.page_size = 2;
  ASSERT_TRUE(client()
                  .ForEachPage(request,
                               [&](const client::ListObjectVersionsPage& page) {
                                 for (const auto& prefix : page.common_prefixes) {
                                   listed.push_back(prefix);
                                 }
                                 for (const auto& version : page.versions) {
                                   listed.push_back(absl::StrCat(
                                       version.version, version.latest ? " latest" : "",
                                       version.delete_marker ? " marker" : "",
                                       version.null_version ? " null" : ""));
                                 }
                                 return absl::OkStatus();
                               })
                  .ok());
  ASSERT_EQ(listed.size(), 5u);
  EXPECT_EQ(listed[0], "a/");
  EXPECT_EQ(listed[1], marker->version + " latest marker");
  EXPECT_EQ(listed[2], two);
  EXPECT_EQ(listed[3], one);
  EXPECT_THAT(listed[4], ::testing::HasSubstr(" null"));

  // Without the marker the newest version is named again.
  EXPECT_TRUE(client().DeleteObject("bucket", "k", {.version = marker->version}).ok());
  EXPECT_EQ(Get("k"), "two");
  EXPECT_TRUE(client().DeleteObject("bucket", "k", {.version = two}).ok());
  EXPECT_EQ(Get("k"), "one");
  // Suspended: the null version is replaced, wherever it is.
  ASSERT_TRUE(client().SetBucketVersioning("bucket", Versioning::kSuspended).ok());
  Put("k", "another null");
  EXPECT_EQ(Get("k", {.version = "null"}), "another null");
  EXPECT_EQ(Get("k", {.version = one}), "one");
  EXPECT_EQ(ReasonOf(client().DeleteBucket("bucket")), ErrorReason::kBucketNotEmpty);
}

TEST_F(ObjectApi, ManyDeletesInOneCall) {
  std::vector<client::DeleteEntry> entries;
  for (int i = 0; i < 1500; ++i) {
    entries.push_back({.key = absl::StrCat("key-", i)});
    if (i % 10 == 0) Put(entries.back().key, "x");
  }
  entries[20].preconditions = Preconditions::IfMatch("another");
  const auto results = client().DeleteObjects("bucket", entries);
  ASSERT_EQ(results.size(), entries.size());
  for (size_t i = 0; i < results.size(); ++i) {
    if (i == 20) {
      EXPECT_EQ(ReasonOf(results[i].status()), ErrorReason::kPreconditionFailed);
      continue;
    }
    ASSERT_TRUE(results[i].ok()) << i << results[i].status();
    EXPECT_EQ(results[i]->existed, i % 10 == 0) << i;
  }
  const auto page = client().ListObjects({.bucket = "bucket"});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].key, "key-20");
}

TEST_F(ObjectApi, ACopyOutlivesItsSource) {
  ASSERT_TRUE(client().CreateBucket("other").ok());
  const std::string bytes = Bytes(3, 9'000'001);
  client::PutObjectOptions options;
  options.content_type = "text/x";
  options.tags = {{"a", "b"}};
  Put("source", bytes, options);
  ASSERT_TRUE(client().CopyObject("bucket", "source", "other", "copy").ok());
  client::CopyObjectOptions replaced;
  replaced.replace_metadata = client::ObjectMetadata{.content_type = "text/y"};
  replaced.replace_tags = client::Tags{};
  // Onto itself: the way to other metadata.
  ASSERT_TRUE(client().CopyObject("bucket", "source", "bucket", "source", replaced).ok());
  EXPECT_TRUE(Get("source") == bytes);
  EXPECT_EQ(client().HeadObject("bucket", "source")->content_type, "text/y");
  EXPECT_TRUE(client().HeadObject("bucket", "source")->tags.empty());
  ASSERT_TRUE(client().DeleteObject("bucket", "source").ok());
  Put("source", "something else");

  EXPECT_TRUE(AwaitHeld(bytes.size() + std::string("something else").size()));
  EXPECT_TRUE(Get("copy", {}, "other") == bytes);
  EXPECT_EQ(client().HeadObject("other", "copy")->content_type, "text/x");
  EXPECT_THAT(client().HeadObject("other", "copy")->tags, ElementsAre(Pair("a", "b")));
  ASSERT_TRUE(client().DeleteObject("other", "copy").ok());
  EXPECT_TRUE(AwaitHeld(std::string("something else").size()));
  const auto gone = client().CopyObject("bucket", "no such", "other", "copy");
  EXPECT_EQ(ReasonOf(gone.status()), ErrorReason::kObjectNotFound);
}

TEST_F(ObjectApi, AMultipartUploadIsItsPartsInOrder) {
  client::CreateMultipartUploadOptions options;
  options.content_type = "text/x";
  options.checksums = {ChecksumAlgorithm::kCrc64Nvme, ChecksumAlgorithm::kSha256};
  const auto upload = client().CreateMultipartUpload("bucket", "big", options);
  ASSERT_TRUE(upload.ok()) << upload.status();
  std::map<uint32_t, client::PartInfo> parts;
  std::map<uint32_t, std::string> bytes;
  for (const uint32_t number : {7u, 2u, 10'000u, 3u, 2u}) {  // 2 is replaced
    bytes[number] = Bytes(parts.size() + 20, 4'200'000 + number);
    parts[number] = Part(*upload, number, bytes[number]);
  }
  const auto page = client().ListParts(*upload, {.page_size = 3});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->parts.size(), 3u);
  EXPECT_EQ(page->next_start_after, 7u);
  const auto uploads = client().ListMultipartUploads({.bucket = "bucket"});
  ASSERT_TRUE(uploads.ok());
  ASSERT_EQ(uploads->uploads.size(), 1u);
  EXPECT_EQ(uploads->uploads[0].upload_id, upload->upload_id);
  EXPECT_EQ(Refusal("big"), ErrorReason::kObjectNotFound);

  const std::vector<client::PartInfo> named = {parts[2], parts[7], parts[10'000]};  // without 3
  const auto whole = client().CompleteMultipartUpload(*upload, named);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->parts, 3u);
  EXPECT_EQ(whole->content_type, "text/x");
  ASSERT_EQ(whole->checksums.size(), 2u);
  EXPECT_FALSE(whole->checksums[0].composite);
  EXPECT_TRUE(whole->checksums[1].composite);
  const auto again = client().CompleteMultipartUpload(*upload, named);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->version, whole->version);
  EXPECT_EQ(ReasonOf(client().CompleteMultipartUpload(*upload, {parts[2]}).status()),
            ErrorReason::kInvalidUploadState);
  EXPECT_EQ(ReasonOf(client().AbortMultipartUpload(*upload)), ErrorReason::kUploadNotFound);

  const std::string expected = bytes[2] + bytes[7] + bytes[10'000];
  EXPECT_TRUE(Get("big") == expected);
  // Across every border, and within the last part.
  for (const uint64_t offset :
       {uint64_t{0}, bytes[2].size() - 5, bytes[2].size() + bytes[7].size() - 1,
        bytes[2].size() + bytes[7].size() + 4'194'300}) {
    EXPECT_TRUE(Get("big", {.range = {.offset = offset, .length = 100'000}}) ==
                expected.substr(offset, 100'000))
        << offset;
  }
  ASSERT_TRUE(client().CopyObject("bucket", "big", "bucket", "copy").ok());
  ASSERT_TRUE(client().DeleteObject("bucket", "big").ok());
  EXPECT_TRUE(AwaitHeld(expected.size()));  // part 3 and the first part 2 are gone
  EXPECT_TRUE(Get("copy") == expected);
  ASSERT_TRUE(client().DeleteObject("bucket", "copy").ok());
  EXPECT_TRUE(AwaitHeld(0));
}

TEST_F(ObjectApi, AnAbortedUploadLeavesNothing) {
  const auto upload = client().CreateMultipartUpload("bucket", "big");
  ASSERT_TRUE(upload.ok());
  const client::PartInfo part = Part(*upload, 1, Bytes(1, 5'000'000));
  EXPECT_EQ(ReasonOf(client().DeleteBucket("bucket")), ErrorReason::kBucketNotEmpty);
  ASSERT_TRUE(client().AbortMultipartUpload(*upload).ok());
  EXPECT_EQ(ReasonOf(client().CompleteMultipartUpload(*upload, {part}).status()),
            ErrorReason::kUploadNotFound);
  EXPECT_TRUE(AwaitHeld(0));
  EXPECT_TRUE(client().DeleteBucket("bucket").ok());
}

TEST_F(ObjectApi, LargeFilesGoUpInPartsAndDownInRangesWhileANodeDies) {
  const std::string path = dir() + "/file";
  const testing::MadeBytes made{.seed = 9, .size = 200'000'003};
  std::ofstream(path, std::ios::binary) << made.All();
  client::UploadFileOptions up{.multipart_threshold = 1 << 20, .part_size = 8 << 20};
  bool killed = false;
  up.progress = [&](uint64_t done, uint64_t total) {
    if (killed || done < total / 3) return;
    killed = true;
    EXPECT_TRUE(cluster().Kill("storage-1").ok());
  };
  const auto info = client().UploadFile(path, "bucket", "file", up);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->parts, 24u);
  ASSERT_TRUE(cluster().Restart("storage-1").ok());
  ASSERT_TRUE(AwaitHealth("healthy"));
  killed = false;
  client::DownloadFileOptions down;
  down.progress = [&](uint64_t done, uint64_t total) {
    if (killed || done < total / 3) return;
    killed = true;
    EXPECT_TRUE(cluster().Kill("storage-0").ok());
  };
  const auto read = client().DownloadFile("bucket", "file", dir() + "/again", down);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(killed);
  EXPECT_TRUE(testing::ContentsOf(path) == testing::ContentsOf(dir() + "/again"));
}

}  // namespace
}  // namespace trebol
