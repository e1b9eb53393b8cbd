// What the SDK's story (object_api_test.cc) does not reach, by plain stubs of the public API:
// checksums after the body, pages of every listing, versions across buckets, objects of more parts
// than a page of metadata has.
#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/raw_calls.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using testing::Call;
using ::testing::ElementsAre;
using testing::PutData;
using testing::PutHeader;
using Stub = v1::ObjectService::Stub;

class ObjectDoor : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster({.gateways = 2});
    ASSERT_FALSE(HasFatalFailure());
    for (const std::string& endpoint : cluster().GatewayEndpoints()) {
      stubs_.push_back(v1::ObjectService::NewStub(testing::PlainChannel(endpoint)));
    }
    CreateBucket("bucket");
    CreateBucket("other");
  }

  Stub& stub() { return *stubs_[0]; }
  void CreateBucket(const std::string& bucket) {
    v1::CreateBucketRequest request;
    request.set_bucket(bucket);
    EXPECT_TRUE(Call(stub(), &Stub::CreateBucket, request).ok());
  }
  template <typename Request>
  static Request Of(const std::string& key, const std::string& bucket = "bucket") {
    Request request;
    request.set_bucket(bucket);
    request.set_key(key);
    return request;
  }
  v1::ObjectInfo Put(const std::string& key, const std::string& content) {
    const auto info = testing::PutMessages(stub(), {PutHeader("bucket", key), PutData(content)});
    EXPECT_TRUE(info.ok()) << info.status();
    return info.value_or(v1::ObjectInfo());
  }
  std::string Get(const v1::GetObjectRequest& request) {
    const auto messages = testing::GetMessages(stub(), request);
    if (!messages.ok()) return std::string(messages.status().message());
    std::string content;
    for (const v1::GetObjectResponse& message : *messages) content += message.data();
    EXPECT_EQ(messages->front().range().length(), content.size());
    return content;
  }
  std::string Get(const std::string& key, const std::string& bucket = "bucket") {
    return Get(Of<v1::GetObjectRequest>(key, bucket));
  }
  std::string CreateUpload(const std::string& key) {
    const auto upload =
        Call(stub(), &Stub::CreateMultipartUpload, Of<v1::CreateMultipartUploadRequest>(key));
    EXPECT_TRUE(upload.ok()) << upload.status();
    return upload.value_or(v1::MultipartUpload()).upload_id();
  }
  absl::StatusOr<v1::PartInfo> PutPart(Stub& by, const std::string& key, const std::string& upload,
                                       uint32_t number, const std::string& content) {
    v1::UploadPartRequest header;
    *header.mutable_header() = Of<v1::UploadPartRequest::Header>(key);
    header.mutable_header()->set_upload_id(upload);
    header.mutable_header()->set_part_number(number);
    v1::UploadPartRequest data;
    data.set_data(content);
    return testing::PartMessages(by, {header, data});
  }
  void SetVersioning(v1::Bucket::Versioning versioning) {
    v1::SetBucketVersioningRequest request;
    request.set_bucket("bucket");
    request.set_versioning(versioning);
    EXPECT_TRUE(Call(stub(), &Stub::SetBucketVersioning, request).ok());
  }

  std::vector<std::unique_ptr<Stub>> stubs_;
};

TEST_F(ObjectDoor, ComparesChecksumsThatComeAfterTheBody) {
  const std::map<v1::Checksum::Algorithm, std::string> right = {
      {v1::Checksum::CRC32C, "e3069283"},
      {v1::Checksum::CRC32, "cbf43926"},
      {v1::Checksum::CRC64NVME, "ae8b14860a799888"},
      {v1::Checksum::SHA1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"},
      {v1::Checksum::SHA256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"},
      {v1::Checksum::MD5, "25f9e794323b453885f5181f1b624d0b"}};
  for (const auto& [algorithm, hex] : right) {
    for (const bool wrong : {false, true}) {
      SCOPED_TRACE(absl::StrCat(v1::Checksum::Algorithm_Name(algorithm), wrong ? " wrong" : ""));
      const std::string key = absl::StrCat("sum-", static_cast<int>(algorithm), wrong);
      v1::PutObjectRequest header = PutHeader("bucket", key);
      header.mutable_header()->add_checksums()->set_algorithm(algorithm);  // its value comes later
      v1::PutObjectRequest last = PutData("6789");
      std::string value = absl::HexStringToBytes(hex);
      if (wrong) value.back() ^= 1;
      last.mutable_trailer()->add_checksums()->set_algorithm(algorithm);
      last.mutable_trailer()->mutable_checksums(0)->set_value(value);
      const auto put = testing::PutMessages(stub(), {header, PutData("12345"), last});
      EXPECT_EQ(put.ok(), !wrong) << put.status();
      if (wrong) {
        EXPECT_EQ(ReasonOf(put.status()), v1::CHECKSUM_MISMATCH);
        EXPECT_THAT(Get(key), ::testing::HasSubstr("there is no object"));
      } else {
        EXPECT_EQ(Get(key), "123456789");
      }
    }
  }
}

TEST_F(ObjectDoor, GivesTheLastBytes) {
  Put("k", "123456789");
  Put("empty", "");
  auto request = Of<v1::GetObjectRequest>("k");
  for (const auto& [length, content] :
       std::map<uint64_t, std::string>{{1, "9"}, {8, "23456789"}, {100, "123456789"}}) {
    request.set_suffix_length(length);
    EXPECT_EQ(Get(request), content);
  }
  request.set_suffix_length(0);
  EXPECT_EQ(ReasonOf(testing::GetMessages(stub(), request).status()), v1::INVALID_RANGE);
  request.set_key("empty");
  request.set_suffix_length(1);
  EXPECT_EQ(ReasonOf(testing::GetMessages(stub(), request).status()), v1::INVALID_RANGE);
}

TEST_F(ObjectDoor, CopiesAnOldVersionAcrossBucketsAndPutsItBack) {
  SetVersioning(v1::Bucket::ENABLED);
  const std::string one = Put("k", "one").version();
  Put("k", "two");
  EXPECT_TRUE(Call(stub(), &Stub::DeleteObject, Of<v1::DeleteObjectRequest>("k")).ok());
  auto copy = Of<v1::CopyObjectRequest>("copy", "other");
  copy.set_source_bucket("bucket");
  copy.set_source_key("k");
  EXPECT_EQ(ReasonOf(Call(stub(), &Stub::CopyObject, copy).status()), v1::OBJECT_NOT_FOUND);
  copy.set_source_version(one);
  const auto copied = Call(stub(), &Stub::CopyObject, copy);
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(copied->source_version(), one);
  EXPECT_NE(copied->object().version(), one);
  EXPECT_EQ(Get("copy", "other"), "one");
  // Back over itself: the old version becomes the latest.
  copy.set_bucket("bucket");
  copy.set_key("k");
  ASSERT_TRUE(Call(stub(), &Stub::CopyObject, copy).ok());
  EXPECT_EQ(Get("k"), "one");
  auto remove = Of<v1::DeleteObjectRequest>("k");
  remove.set_version(one);
  const auto removed = Call(stub(), &Stub::DeleteObject, remove);
  ASSERT_TRUE(removed.ok()) << removed.status();
  EXPECT_TRUE(removed->existed());
  EXPECT_FALSE(removed->delete_marker());
  EXPECT_EQ(Get("k"), "one");  // its copy
  EXPECT_EQ(Get("copy", "other"), "one");
  auto get = Of<v1::GetObjectRequest>("k");
  get.set_version(one);
  EXPECT_EQ(ReasonOf(testing::GetMessages(stub(), get).status()), v1::VERSION_NOT_FOUND);
}

TEST_F(ObjectDoor, ASuspendedBucketHasOneNullVersion) {
  const std::string null = Put("k", "null").version();
  SetVersioning(v1::Bucket::ENABLED);
  const std::string kept = Put("k", "kept").version();
  SetVersioning(v1::Bucket::SUSPENDED);
  Put("k", "second null");
  // A delete puts a marker in the place of the null version.
  const auto marked = Call(stub(), &Stub::DeleteObject, Of<v1::DeleteObjectRequest>("k"));
  ASSERT_TRUE(marked.ok()) << marked.status();
  EXPECT_TRUE(marked->delete_marker());
  v1::ListObjectVersionsRequest list;
  list.set_bucket("bucket");
  auto page = Call(stub(), &Stub::ListObjectVersions, list);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->versions_size(), 2) << page->DebugString();
  EXPECT_TRUE(page->versions(0).delete_marker() && page->versions(0).null_version());
  EXPECT_TRUE(page->versions(0).latest());
  EXPECT_EQ(page->versions(1).version(), kept);
  auto get = Of<v1::GetObjectRequest>("k");
  get.set_version("null");
  EXPECT_EQ(ReasonOf(testing::GetMessages(stub(), get).status()), v1::IS_DELETE_MARKER);
  auto remove = Of<v1::DeleteObjectRequest>("k");
  remove.set_version("null");
  const auto removed = Call(stub(), &Stub::DeleteObject, remove);
  ASSERT_TRUE(removed.ok());
  EXPECT_TRUE(removed->existed() && removed->delete_marker());
  EXPECT_EQ(Get("k"), "kept");
  remove.set_version(null);
  EXPECT_FALSE(Call(stub(), &Stub::DeleteObject, remove)->existed());
}

TEST_F(ObjectDoor, ABatchIsCarriedOutInOrder) {
  SetVersioning(v1::Bucket::ENABLED);
  const v1::ObjectInfo one = Put("k", "one");
  const v1::ObjectInfo two = Put("k", "two");
  v1::DeleteObjectsRequest request;
  request.set_bucket("bucket");
  const auto add = [&request](const std::string& version, const std::string& etag) {
    auto* entry = request.add_entries();
    entry->set_key("k");
    entry->set_version(version);
    if (!etag.empty()) entry->mutable_preconditions()->add_if_match(etag);
  };
  add("", one.etag());             // the latest is another
  add(two.version(), two.etag());  // then one is the latest
  add("", one.etag());             // a marker
  add("", "*");                    // now there is nothing
  add(one.version(), "");
  add(one.version(), "");  // it is gone
  const auto answer = Call(stub(), &Stub::DeleteObjects, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->results_size(), 6);
  EXPECT_EQ(answer->results(0).reason(), v1::PRECONDITION_FAILED);
  EXPECT_EQ(answer->results(1).deleted().version(), two.version());
  EXPECT_TRUE(answer->results(2).deleted().delete_marker());
  EXPECT_EQ(answer->results(3).reason(), v1::OBJECT_NOT_FOUND);
  EXPECT_TRUE(answer->results(4).deleted().existed());
  EXPECT_FALSE(answer->results(5).deleted().existed());
}

TEST_F(ObjectDoor, ListsUploadsInPages) {
  std::vector<std::string> expected;
  for (const char* key : {"a", "b/1", "b/2", "c", "c"}) {
    const std::string upload = CreateUpload(key);
    if (*key != 'b') expected.push_back(absl::StrCat(key, " ", upload));
  }
  // Uploads of one key are in order of their ids.
  std::sort(expected.begin(), expected.end());
  expected.insert(expected.begin() + 1, "b/");
  for (const uint32_t page_size : {1u, 2u, 10u}) {
    v1::ListMultipartUploadsRequest request;
    request.set_bucket("bucket");
    request.set_delimiter("/");
    request.set_page_size(page_size);
    std::vector<std::string> listed;
    do {
      const auto page = Call(stub(), &Stub::ListMultipartUploads, request);
      ASSERT_TRUE(page.ok()) << page.status();
      EXPECT_LE(page->uploads_size() + page->common_prefixes_size(), static_cast<int>(page_size));
      for (const auto& upload : page->uploads()) {
        listed.push_back(absl::StrCat(upload.key(), " ", upload.upload_id()));
      }
      listed.insert(listed.end(), page->common_prefixes().begin(), page->common_prefixes().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    std::sort(listed.begin(), listed.end());
    EXPECT_EQ(listed, expected) << page_size;
  }
  // A token of one listing is none of another.
  v1::ListMultipartUploadsRequest uploads;
  uploads.set_bucket("bucket");
  uploads.set_page_size(1);
  const auto page = Call(stub(), &Stub::ListMultipartUploads, uploads);
  ASSERT_TRUE(page.ok());
  v1::ListObjectVersionsRequest versions;
  versions.set_bucket("bucket");
  versions.set_page_token(page->next_page_token());
  EXPECT_EQ(ReasonOf(Call(stub(), &Stub::ListObjectVersions, versions).status()),
            v1::INVALID_PAGE_TOKEN);
}

TEST_F(ObjectDoor, ReadsObjectsOfMorePartsThanAPageHas) {
  constexpr uint32_t kParts = 1'100;
  constexpr uint64_t kPartSize = 997;
  const std::string upload = CreateUpload("many");
  const std::string all = testing::MadeBytes{.seed = 5, .size = kParts * kPartSize}.All();
  std::vector<v1::PartInfo> parts(kParts + 1);
  std::atomic<uint32_t> next = 1;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (uint32_t n = next++; n <= kParts; n = next++) {
        const auto part =
            PutPart(*stubs_[i % 2], "many", upload, n, all.substr((n - 1) * kPartSize, kPartSize));
        ASSERT_TRUE(part.ok()) << part.status();
        parts[n] = *part;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_FALSE(HasFailure());
  auto complete = Of<v1::CompleteMultipartUploadRequest>("many");
  complete.set_upload_id(upload);
  std::string expected;
  for (uint32_t n = 1; n <= kParts; ++n) {
    if (n % 50 == 0) continue;  // some are left out
    complete.add_parts()->set_part_number(n);
    complete.mutable_parts()->rbegin()->set_etag(parts[n].etag());
    expected += all.substr((n - 1) * kPartSize, kPartSize);
  }
  const auto whole = Call(stub(), &Stub::CompleteMultipartUpload, complete);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_TRUE(whole->latest());
  EXPECT_EQ(whole->size(), expected.size());
  EXPECT_TRUE(Get("many") == expected);
  // Around the border of the page, which has 1,000 parts, and of parts.
  for (const uint64_t offset : {uint64_t{996}, 999 * kPartSize, 1'000 * kPartSize - 1,
                                1'000 * kPartSize, expected.size() - 1'500}) {
    auto request = Of<v1::GetObjectRequest>("many");
    request.mutable_range()->set_offset(offset);
    request.mutable_range()->set_length(1'500);
    EXPECT_TRUE(Get(request) == expected.substr(offset, 1'500)) << offset;
  }
  // What was left out goes from the nodes.
  EXPECT_TRUE(AwaitStatus("the parts that were left out to go", [&](const auto& status) {
    return status.garbage_bytes == 0 && status.garbage_versions == 0 &&
           ChunkBytes(status) <= 3 * expected.size();
  }));
  EXPECT_TRUE(Get("many") == expected);
}

}  // namespace
}  // namespace trebol
