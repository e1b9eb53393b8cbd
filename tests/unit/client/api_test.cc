// The operations of the public API, one by one: that every field arrives at the other end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/client.h"
#include "tests/testing/fake_gateway.h"

namespace trebol::client {
namespace {

using ::testing::ElementsAre;
using testing::FakeGateway;
using ::testing::HasSubstr;
using ::testing::Pair;

class ClientApi : public ::testing::Test {
 protected:
  ClientApi() { gateway_.AddBucket("photos"); }

  ObjectInfo Put(const std::string& key, const std::string& data,
                 const PutObjectOptions& options = {}) {
    const auto info = client_.PutObject("photos", key, data, options);
    EXPECT_TRUE(info.ok()) << info.status();
    return info.ok() ? *info : ObjectInfo();
  }
  absl::StatusOr<std::string> Get(const std::string& key, const ReadObjectOptions& options = {}) {
    std::string got;
    const auto info = client_.GetObject(
        "photos", key,
        [&got](absl::string_view bytes) {
          got.append(bytes.data(), bytes.size());
          return absl::OkStatus();
        },
        options);
    if (!info.ok()) return info.status();
    return got;
  }

  FakeGateway gateway_;
  Client client_ = *Client::Create({.endpoint = gateway_.endpoint()});
};

TEST_F(ClientApi, BucketsHaveVersioningAndTags) {
  EXPECT_EQ(client_.HeadBucket("photos")->versioning, Versioning::kUnversioned);
  EXPECT_EQ(client_.SetBucketVersioning("photos", Versioning::kEnabled)->versioning,
            Versioning::kEnabled);
  EXPECT_THAT(client_.SetBucketTags("photos", {{"team", "x"}})->tags,
              ElementsAre(Pair("team", "x")));
  const auto bucket = client_.HeadBucket("photos");
  EXPECT_EQ(bucket->versioning, Versioning::kEnabled);
  EXPECT_THAT(bucket->tags, ElementsAre(Pair("team", "x")));
  EXPECT_TRUE(client_.SetBucketTags("photos", {})->tags.empty());
}

TEST_F(ClientApi, KeysCarryWhatTheirOptionsSay) {
  const absl::Time expires = absl::FromUnixMicros(2'000'000'000'123'456);
  const auto made =
      client_.CreateAccessKey({.user = "alice", .display_name = "Alice", .expires = expires});
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_NE(made->secret, "");
  EXPECT_EQ(made->user, "alice");
  EXPECT_EQ(made->display_name, "Alice");
  EXPECT_EQ(made->expires, expires);
  ASSERT_TRUE(client_.ImportAccessKey("AKIA1", "wJalrXUtnFEMI", {.user = "bob"}).ok());
  EXPECT_EQ(ReasonOf(client_.ImportAccessKey("AKIA1", "another-secret").status()),
            ErrorReason::kAccessKeyExists);
  ASSERT_TRUE(client_.ImportAccessKey("AKIA2", "wJalrXUtnFEMI").ok());
  const auto keys = client_.ListAccessKeys();  // more than a page
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_EQ(keys->size(), 3u);
  EXPECT_EQ((*keys)[0].id, "AKIA1");
  EXPECT_EQ((*keys)[0].secret, "");
  EXPECT_FALSE((*keys)[0].expires.has_value());
  EXPECT_EQ(client_.ListAccessKeys("bob")->size(), 1u);
  EXPECT_TRUE(client_.DeleteAccessKey("AKIA1").ok());
  EXPECT_EQ(ReasonOf(client_.DeleteAccessKey("AKIA1")), ErrorReason::kAccessKeyUnknown);
}

TEST_F(ClientApi, BucketsSayWhoMayUseThem) {
  const auto changed = client_.SetBucketAccess(
      "photos", {.grants = {{"bob", Right::kReadWrite}, {"alice", Right::kOwner}},
                 .anonymous = AnonymousAccess::kUpload,
                 .owner = "carol"});
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_FALSE(changed->usage.has_value());
  ASSERT_TRUE(client_.SetBucketQuota("photos", 1000).ok());
  const auto access = client_.GetBucketAccess("photos");
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->owner, "carol");
  ASSERT_EQ(access->grants.size(), 2u);
  EXPECT_EQ(access->grants[1].user, "bob");
  EXPECT_EQ(access->grants[1].right, Right::kReadWrite);
  EXPECT_EQ(access->anonymous, AnonymousAccess::kUpload);
  EXPECT_EQ(access->quota_bytes, 1000u);
  EXPECT_EQ(access->usage->objects, 2u);
  const auto only =
      client_.SetBucketAccess("photos", {.grants = {{"bob", Right::kRead}}, .only_these = true});
  EXPECT_EQ(only->grants.size(), 1u);
  EXPECT_EQ(only->anonymous, AnonymousAccess::kUpload);
  EXPECT_EQ(client_.GetBucketAccess("nowhere").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(client_.SetBucketQuota("No", 1).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ClientApi, APutCarriesWhatItsOptionsSay) {
  Put("a", "1",
      {.headers = {.content_encoding = "gzip",
                   .content_language = "es",
                   .content_disposition = "inline",
                   .cache_control = "no-store",
                   .expires = "0"},
       .tags = {{"k", "v"}},
       .checksums = {
           {.algorithm = ChecksumAlgorithm::kSha256, .value = std::string("\0\xff", 2)}}});
  const auto info = client_.HeadObject("photos", "a");
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->headers.content_encoding, "gzip");
  EXPECT_EQ(info->headers.content_language, "es");
  EXPECT_EQ(info->headers.content_disposition, "inline");
  EXPECT_EQ(info->headers.cache_control, "no-store");
  EXPECT_EQ(info->headers.expires, "0");
  EXPECT_THAT(info->tags, ElementsAre(Pair("k", "v")));
  ASSERT_EQ(info->checksums.size(), 1u);
  EXPECT_EQ(info->checksums[0].algorithm, ChecksumAlgorithm::kSha256);
  EXPECT_EQ(info->checksums[0].value, std::string("\0\xff", 2));
  EXPECT_TRUE(info->latest);
  EXPECT_TRUE(info->null_version);
}

TEST_F(ClientApi, OneOfManyConditionalWritesWins) {
  EXPECT_TRUE(
      client_.PutObject("photos", "a", "1", {.preconditions = Preconditions::IfAbsent()}).ok());
  EXPECT_EQ(
      ReasonOf(client_.PutObject("photos", "a", "2", {.preconditions = Preconditions::IfAbsent()})
                   .status()),
      ErrorReason::kPreconditionFailed);
  const std::string etag = client_.HeadObject("photos", "a")->etag;
  EXPECT_TRUE(
      client_.PutObject("photos", "a", "2", {.preconditions = Preconditions::IfMatch(etag)}).ok());
  EXPECT_EQ(
      ReasonOf(
          client_.PutObject("photos", "a", "3", {.preconditions = Preconditions::IfMatch(etag)})
              .status()),
      ErrorReason::kPreconditionFailed);
  EXPECT_EQ(
      ReasonOf(client_.DeleteObject("photos", "a", {.preconditions = Preconditions::IfMatch(etag)})
                   .status()),
      ErrorReason::kPreconditionFailed);
  EXPECT_EQ(*Get("a"), "2");
}

TEST_F(ClientApi, ConditionalReadsSayThatNothingChanged) {
  const ObjectInfo info = Put("a", "1");
  EXPECT_EQ(ReasonOf(Get("a", {.preconditions = Preconditions::IfNoneMatch(info.etag)}).status()),
            ErrorReason::kNotModified);
  Preconditions later;
  later.if_modified_since = info.last_modified + absl::Milliseconds(1'500);
  EXPECT_EQ(ReasonOf(client_.HeadObject("photos", "a", {.preconditions = later}).status()),
            ErrorReason::kNotModified);
  later.if_modified_since = info.last_modified - absl::Milliseconds(1'500);
  EXPECT_TRUE(client_.HeadObject("photos", "a", {.preconditions = later}).ok());
}

TEST_F(ClientApi, ReadsOldVersionsAndSuffixes) {
  ASSERT_TRUE(client_.SetBucketVersioning("photos", Versioning::kEnabled).ok());
  const ObjectInfo old = Put("a", "first");
  Put("a", "second");
  EXPECT_EQ(*Get("a"), "second");
  EXPECT_EQ(*Get("a", {.version = old.version}), "first");
  EXPECT_FALSE(client_.HeadObject("photos", "a", {.version = old.version})->latest);
  EXPECT_EQ(ReasonOf(Get("a", {.version = "v99"}).status()), ErrorReason::kVersionNotFound);
  EXPECT_EQ(*Get("a", {.suffix_length = 3}), "ond");
  const auto reader = client_.OpenObject("photos", "a", {.suffix_length = 3});
  EXPECT_EQ(reader->offset(), 3u);
  EXPECT_EQ(reader->length(), 3u);
}

TEST_F(ClientApi, DeletesMakeAndTakeMarkers) {
  ASSERT_TRUE(client_.SetBucketVersioning("photos", Versioning::kEnabled).ok());
  const ObjectInfo info = Put("a", "1");
  const auto marked = client_.DeleteObject("photos", "a");
  EXPECT_TRUE(marked->existed);
  EXPECT_TRUE(marked->delete_marker);
  EXPECT_TRUE(absl::IsNotFound(Get("a").status()));
  const auto unmarked = client_.DeleteObject("photos", "a", {.version = marked->version});
  EXPECT_TRUE(unmarked->delete_marker);
  EXPECT_EQ(unmarked->version, marked->version);
  EXPECT_EQ(*Get("a"), "1");
  const auto gone = client_.DeleteObject("photos", "a", {.version = info.version});
  EXPECT_FALSE(gone->delete_marker);
  EXPECT_EQ(gone->version, info.version);
}

TEST_F(ClientApi, ListsVersionsPageByPage) {
  ASSERT_TRUE(client_.SetBucketVersioning("photos", Versioning::kEnabled).ok());
  for (const char* key : {"a", "a", "b", "c/1", "c/2"}) Put(key, "x");
  ASSERT_TRUE(client_.DeleteObject("photos", "b").ok());
  for (uint32_t page_size = 1; page_size <= 6; ++page_size) {
    std::vector<std::string> seen;
    const absl::Status status = client_.ForEachPage(
        ListObjectVersionsRequest{.bucket = "photos", .delimiter = "/", .page_size = page_size},
        [&seen](const ListObjectVersionsPage& page) {
          for (const ObjectInfo& one : page.versions) {
            seen.push_back(absl::StrCat(one.key, one.delete_marker ? " marker" : "",
                                        one.latest ? " latest" : ""));
          }
          for (const std::string& prefix : page.common_prefixes) seen.push_back(prefix);
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_THAT(seen, ElementsAre("a latest", "a", "b marker latest", "b", "c/"));
  }
  const auto all = client_.ListObjectVersions({.bucket = "photos"});
  const auto rest = client_.ListObjectVersions(
      {.bucket = "photos", .start_after = "a", .start_after_version = all->versions[0].version});
  EXPECT_EQ(rest->versions.size(), all->versions.size() - 1);
}

TEST_F(ClientApi, DeletesAnyNumberInCallsOfAThousand) {
  std::vector<DeleteEntry> entries;
  for (int i = 0; i < 2'500; ++i) {
    entries.push_back({.key = absl::StrCat("k", i)});
    if (i % 2 == 0) gateway_.AddObject("photos", entries.back().key, "x");
  }
  entries[7].key = "";
  const int calls = gateway_.calls();
  const auto results = client_.DeleteObjects("photos", entries);
  EXPECT_EQ(gateway_.calls() - calls, 3);
  ASSERT_EQ(results.size(), entries.size());
  for (size_t i = 0; i < results.size(); ++i) {
    if (i == 7) {
      EXPECT_EQ(ReasonOf(results[i].status()), ErrorReason::kInvalidObjectKey);
      continue;
    }
    ASSERT_TRUE(results[i].ok()) << i << ": " << results[i].status();
    EXPECT_EQ(results[i]->existed, i % 2 == 0);
  }
  EXPECT_TRUE(gateway_.Keys("photos").empty());
  EXPECT_TRUE(client_.DeleteObjects("photos", {}).empty());
}

TEST_F(ClientApi, ABatchTellsTheErrorOfEveryEntry) {
  const ObjectInfo info = Put("a", "1");
  Put("b", "1");
  const auto results = client_.DeleteObjects(
      "photos", {{.key = "a", .preconditions = Preconditions::IfMatch("other")},
                 {.key = "b"},
                 {.key = "a", .version = info.version}});
  EXPECT_EQ(ReasonOf(results[0].status()), ErrorReason::kPreconditionFailed);
  EXPECT_TRUE(results[1].ok());
  EXPECT_EQ(results[2]->version, info.version);
}

TEST_F(ClientApi, AfterAFailedCallTheRestOfABatchIsNotTried) {
  std::vector<DeleteEntry> entries(2'500, {.key = "a"});
  gateway_.FailNext(1, absl::PermissionDeniedError("no"));
  const auto results = client_.DeleteObjects("photos", entries);
  EXPECT_EQ(gateway_.calls(), 1);
  EXPECT_EQ(results[0].status(), absl::PermissionDeniedError("no"));
  EXPECT_TRUE(absl::IsPermissionDenied(results[2'499].status()));
  EXPECT_THAT(std::string(results[2'499].status().message()), HasSubstr("not tried"));
  for (const auto& result : client_.DeleteObjects("X", entries)) {
    EXPECT_EQ(ReasonOf(result.status()), ErrorReason::kInvalidBucketName);
  }
}

TEST_F(ClientApi, CopiesWithOrWithoutTheMetadataOfTheSource) {
  gateway_.AddBucket("archive");
  const ObjectInfo source = Put(
      "a", "1", {.content_type = "image/png", .user_metadata = {{"m", "1"}}, .tags = {{"t", "1"}}});
  const auto same = client_.CopyObject("photos", "a", "archive", "b");
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->source_version, source.version);
  EXPECT_EQ(same->object.bucket, "archive");
  EXPECT_EQ(same->object.content_type, "image/png");
  EXPECT_EQ(same->object.tags.at("t"), "1");
  const auto other = client_.CopyObject(
      "photos", "a", "archive", "b",
      {.source_version = source.version,
       .source_preconditions = Preconditions::IfMatch(source.etag),
       .preconditions = Preconditions::IfMatch(same->object.etag),
       .replace_metadata = ObjectMetadata{.content_type = "text/plain",
                                          .user_metadata = {{"m", "2"}},
                                          .headers = {.cache_control = "no-store"}},
       .replace_tags = Tags()});
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->object.content_type, "text/plain");
  EXPECT_EQ(other->object.user_metadata.at("m"), "2");
  EXPECT_EQ(other->object.headers.cache_control, "no-store");
  EXPECT_TRUE(other->object.tags.empty());
  EXPECT_EQ(ReasonOf(client_
                         .CopyObject("photos", "a", "archive", "b",
                                     {.preconditions = Preconditions::IfAbsent()})
                         .status()),
            ErrorReason::kPreconditionFailed);
}

TEST_F(ClientApi, SetsTheTagsOfAVersion) {
  Put("a", "1", {.tags = {{"old", "1"}}});
  const auto info = client_.SetObjectTags("photos", "a", {{"new", "2"}});
  ASSERT_TRUE(info.ok());
  EXPECT_THAT(info->tags, ElementsAre(Pair("new", "2")));
  EXPECT_TRUE(absl::IsNotFound(client_.SetObjectTags("photos", "b", {}).status()));
}

TEST_F(ClientApi, AMultipartUploadByHand) {
  const auto upload = client_.CreateMultipartUpload(
      "photos", "a",
      {.content_type = "image/png", .tags = {{"t", "1"}}, .checksums = {ChecksumAlgorithm::kSha1}});
  ASSERT_TRUE(upload.ok()) << upload.status();
  EXPECT_THAT(upload->checksums, ElementsAre(ChecksumAlgorithm::kSha1));
  std::vector<PartInfo> parts;
  for (const uint32_t number : {3, 1, 2}) {
    const auto part = client_.UploadPart(
        *upload, number,
        [number, done = false](char* to, size_t) mutable -> absl::StatusOr<size_t> {
          if (std::exchange(done, true)) return 0;
          *to = static_cast<char>('0' + number);
          return 1;
        });
    ASSERT_TRUE(part.ok()) << part.status();
    EXPECT_EQ(part->size, 1u);
    parts.insert(parts.begin() + (number == 3 ? 0 : number - 1), *part);
  }
  const auto first = client_.ListParts(*upload, {.page_size = 2});
  EXPECT_EQ(first->parts.size(), 2u);
  EXPECT_EQ(first->upload.key, "a");
  EXPECT_EQ(first->next_start_after, 2u);
  EXPECT_EQ(client_.ListParts(*upload, {.start_after = 2})->parts.size(), 1u);
  EXPECT_EQ(client_.ListMultipartUploads({.bucket = "photos"})->uploads[0].upload_id,
            upload->upload_id);
  EXPECT_FALSE(client_.CompleteMultipartUpload(*upload, parts, {.size = 4}).ok());
  const auto info = client_.CompleteMultipartUpload(*upload, parts, {.size = 3});
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->parts, 3u);
  EXPECT_EQ(info->content_type, "image/png");
  EXPECT_EQ(*Get("a"), "123");
  EXPECT_EQ(ReasonOf(client_.AbortMultipartUpload(*upload)), ErrorReason::kUploadNotFound);
}

TEST_F(ClientApi, RefusesPartNumbersThatAreNoneWithoutACall) {
  for (const uint32_t number : {uint32_t{0}, kMaxParts + 1}) {
    const auto part = client_.UploadPart({.bucket = "photos", .key = "a", .upload_id = "u"}, number,
                                         [](char*, size_t) { return absl::StatusOr<size_t>(0); });
    EXPECT_EQ(ReasonOf(part.status()), ErrorReason::kInvalidPart);
  }
  EXPECT_EQ(gateway_.calls(), 0);
}

TEST_F(ClientApi, ACallMayHaveAnotherTimeout) {
  const Client hasty = client_.WithTimeout(-absl::Seconds(1));
  EXPECT_TRUE(absl::IsDeadlineExceeded(hasty.HeadBucket("photos").status()));
  EXPECT_TRUE(client_.HeadBucket("photos").ok());
}

TEST(Reasons, HaveTheNamesOfTheWire) {
  EXPECT_EQ(ReasonName(ErrorReason::kPreconditionFailed), "PRECONDITION_FAILED");
  EXPECT_EQ(ReasonName(static_cast<ErrorReason>(12'345)), "");
  EXPECT_EQ(ReasonOf(absl::OkStatus()), ErrorReason::kUnspecified);
}

}  // namespace
}  // namespace trebol::client
