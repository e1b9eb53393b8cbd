// Operations of the public API on the real commands of metadata: what a repeat is told, and what is
// kept of what a client sends.
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/checksum/hasher.h"
#include "gmock/gmock.h"
#include "tests/testing/api_rig.h"

namespace trebol {
namespace {

class Operations : public ::testing::Test {
 protected:
  void TearDown() override {
    const absl::Status intact = rig_.catalog->CheckInvariants();
    EXPECT_TRUE(intact.ok()) << intact;
  }

  std::string CreateUpload(const std::string& key) {
    v1::CreateMultipartUploadRequest request;
    request.set_bucket("bucket");
    request.set_key(key);
    const auto upload = rig_.Await(rig_.api.multipart->Create(rig_.context, request));
    EXPECT_TRUE(upload.ok()) << upload.status();
    return upload.value_or(v1::MultipartUpload()).upload_id();
  }
  v1::PartInfo Part(const std::string& key, const std::string& upload, uint32_t number,
                    const std::string& content, std::optional<Md5Etag> md5_etag = std::nullopt) {
    UploadPart::Header header;
    header.set_bucket("bucket");
    header.set_key(key);
    header.set_upload_id(upload);
    header.set_part_number(number);
    const auto part = rig_.PutPart(header, content, std::move(md5_etag));
    EXPECT_TRUE(part.ok()) << part.status();
    return part.value_or(v1::PartInfo());
  }
  v1::CompleteMultipartUploadRequest CompleteOf(const std::string& key, const std::string& upload,
                                                const std::vector<v1::PartInfo>& parts) {
    v1::CompleteMultipartUploadRequest request;
    request.set_bucket("bucket");
    request.set_key(key);
    request.set_upload_id(upload);
    for (const v1::PartInfo& part : parts) {
      auto* named = request.add_parts();
      named->set_part_number(part.part_number());
      named->set_etag(part.etag());
    }
    return request;
  }
  absl::StatusOr<v1::ObjectInfo> Complete(const v1::CompleteMultipartUploadRequest& request) {
    return rig_.Await(rig_.api.multipart->Complete(rig_.context, request));
  }
  absl::Status Delete(const std::string& key) {
    v1::DeleteObjectRequest request;
    request.set_bucket("bucket");
    request.set_key(key);
    return rig_.Await(rig_.api.remove->Run(rig_.context, request)).status();
  }
  absl::StatusOr<v1::ListPartsResponse> ListParts(const std::string& key, const std::string& upload,
                                                  uint32_t start_after) {
    v1::ListPartsRequest request;
    request.set_bucket("bucket");
    request.set_key(key);
    request.set_upload_id(upload);
    request.set_start_after(start_after);
    return rig_.Await(rig_.api.uploads->Parts(rig_.context, request));
  }

  ApiRig rig_;
};

TEST_F(Operations, ARepeatedCompleteGetsItsAnswerWhenTheObjectIsGone) {
  const std::string upload = CreateUpload("k");
  auto request = CompleteOf("k", upload, {Part("k", upload, 1, "bytes")});
  request.mutable_operation()->set_session(rig_.OpenSession());
  request.mutable_operation()->set_counter(1);
  const auto first = Complete(request);
  ASSERT_TRUE(first.ok()) << first.status();
  // Its answer is lost, and somebody replaces the object.
  ASSERT_TRUE(rig_.Put("k", "others").ok());
  const auto again = Complete(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->version(), first->version());
  EXPECT_EQ(rig_.Get("k"), "others");
  // Or the bucket goes with it.
  ASSERT_TRUE(Delete("k").ok());
  v1::DeleteBucketRequest bucket;
  bucket.set_bucket("bucket");
  ASSERT_TRUE(rig_.Await(rig_.api.buckets->Delete(rig_.context, bucket)).ok());
  EXPECT_EQ(Complete(request)->version(), first->version());
  EXPECT_EQ(ReasonOf(rig_.Put("k", "none").status()), v1::BUCKET_NOT_FOUND);
  v1::CreateBucketRequest anew;
  anew.set_bucket("bucket");
  ASSERT_TRUE(rig_.Await(rig_.api.buckets->Create(rig_.context, anew)).ok());
  EXPECT_EQ(Complete(request)->version(), first->version());
  // Who has no such operation is told that there is no such upload, the same each time.
  request.mutable_operation()->set_counter(2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ReasonOf(Complete(request).status()), v1::UPLOAD_NOT_FOUND);
  }
  request.clear_operation();
  EXPECT_EQ(ReasonOf(Complete(request).status()), v1::UPLOAD_NOT_FOUND);
}

// The MD5 of the parts' MD5s and how many there are: what S3's clients compute themselves.
TEST_F(Operations, TheEtagOfAnObjectInPartsIsThatOfS3IfAllItsPartsHaveOne) {
  const auto md5 = [](const std::string& bytes) {
    Hasher hasher(v1::Checksum::MD5);
    hasher.Update(bytes);
    return hasher.Finish();
  };
  const std::string upload = CreateUpload("k");
  const std::vector<v1::PartInfo> parts = {Part("k", upload, 1, "first", Md5Etag()),
                                           Part("k", upload, 2, "second", Md5Etag())};
  EXPECT_EQ(parts[0].etag(), absl::BytesToHexString(md5("first")));
  const auto completed = Complete(CompleteOf("k", upload, parts));
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_EQ(completed->etag(), absl::BytesToHexString(md5(md5("first") + md5("second"))) + "-2");

  const std::string mixed = CreateUpload("k");
  const auto other = Complete(
      CompleteOf("k", mixed, {Part("k", mixed, 1, "first", Md5Etag()), Part("k", mixed, 2, "x")}));
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_THAT(other->etag(), ::testing::Not(::testing::EndsWith("-2")));
}

TEST_F(Operations, ACompleteWhoseAnswerWasLostTookEffectOnce) {
  const std::string upload = CreateUpload("k");
  auto request = CompleteOf("k", upload, {Part("k", upload, 1, "bytes")});
  rig_.catalog->LoseNextAnswer();
  const auto completed = Complete(request);
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_EQ(rig_.Get("k"), "bytes");
}

TEST_F(Operations, WhatBecameTheLatestSaysSo) {
  const auto put = rig_.Put("k", "bytes");
  ASSERT_TRUE(put.ok());
  EXPECT_TRUE(put->latest());
  v1::SetObjectTagsRequest tags;
  tags.set_bucket("bucket");
  tags.set_key("k");
  const auto tagged = rig_.Await(rig_.api.tags->Run(rig_.context, tags));
  ASSERT_TRUE(tagged.ok()) << tagged.status();
  EXPECT_TRUE(tagged->latest());
  const std::string upload = CreateUpload("k");
  const auto request = CompleteOf("k", upload, {Part("k", upload, 1, "bytes")});
  for (int i = 0; i < 2; ++i) {
    const auto completed = Complete(request);
    ASSERT_TRUE(completed.ok());
    EXPECT_TRUE(completed->latest());
  }
}

TEST_F(Operations, ATrailerMayOnlyNameWhatTheHeaderNamed) {
  // Nothing would compare it.
  auto body = std::make_shared<MemoryBody>(std::vector<std::string>{"bytes"});
  v1::Checksum& checksum = *body->trailing.add_checksums();
  checksum.set_algorithm(v1::Checksum::SHA256);
  checksum.set_value(std::string(32, 'x'));
  const auto refused = rig_.gateway.Put(rig_.gateway.HeaderOf("k"), body);
  EXPECT_EQ(ReasonOf(refused.status()), v1::INVALID_CHECKSUM) << refused.status();
  EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr("SHA256"));
  // A CRC32C is computed of every body.
  auto other = std::make_shared<MemoryBody>(std::vector<std::string>{"bytes"});
  other->trailing.add_checksums()->set_algorithm(v1::Checksum::CRC32C);
  other->trailing.mutable_checksums(0)->set_value("1234");
  const auto mismatch = rig_.gateway.Put(rig_.gateway.HeaderOf("k"), other);
  EXPECT_EQ(ReasonOf(mismatch.status()), v1::CHECKSUM_MISMATCH) << mismatch.status();
}

TEST_F(Operations, APageOfPartsAfterTheLastNumberIsEmpty) {
  const std::string upload = CreateUpload("k");
  Part("k", upload, 1, "bytes");
  Part("k", upload, 10'000, "bytes");
  for (const uint32_t after : {10'000u, 10'001u, ~uint32_t{0} - 1, ~uint32_t{0}}) {
    const auto page = ListParts("k", upload, after);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->parts_size(), 0) << after;
    EXPECT_EQ(page->next_start_after(), 0u);
  }
}

TEST_F(Operations, NoAnswerNamesASessionOfAClient) {
  // Whoever knows its id can use it up or close it.
  v1::SetBucketVersioningRequest versioning;
  versioning.set_bucket("bucket");
  versioning.set_versioning(v1::Bucket::ENABLED);
  ASSERT_TRUE(rig_.Await(rig_.api.buckets->SetVersioning(rig_.context, versioning)).ok());
  const uint64_t session = rig_.OpenSession();
  v1::DeleteObjectRequest request;
  request.set_bucket("bucket");
  std::vector<std::string> markers;
  for (uint64_t counter = 1; counter <= 2; ++counter) {
    request.set_key("k");
    request.mutable_operation()->set_session(session);
    request.mutable_operation()->set_counter(counter);
    const auto deleted = rig_.Await(rig_.api.remove->Run(rig_.context, request));
    ASSERT_TRUE(deleted.ok()) << deleted.status();
    EXPECT_TRUE(deleted->delete_marker());
    EXPECT_THAT(deleted->version(), ::testing::Not(::testing::HasSubstr(ToHex(session))));
    markers.push_back(deleted->version());
  }
  EXPECT_NE(markers[0], markers[1]);
}

TEST_F(Operations, AMessageOfAFailedDeleteIsShort) {
  // A thousand of them go into one answer, and are kept for repeats.
  ASSERT_TRUE(rig_.Put("k", "bytes").ok());
  v1::DeleteObjectsRequest request;
  request.set_bucket("bucket");
  for (const char* key : {"k", "absent"}) {
    auto* entry = request.add_entries();
    entry->set_key(key);
    for (int i = 0; i < 100; ++i) {
      entry->mutable_preconditions()->add_if_match(std::string(256, 'e'));
    }
  }
  const auto answer = rig_.Await(rig_.api.remove->RunMany(rig_.context, request));
  ASSERT_TRUE(answer.ok()) << answer.status();
  for (const auto& result : answer->results()) EXPECT_LT(result.message().size(), 1'000u);
  EXPECT_EQ(answer->results(0).reason(), v1::PRECONDITION_FAILED);
  EXPECT_EQ(answer->results(1).reason(), v1::OBJECT_NOT_FOUND);
}

TEST_F(Operations, ASessionThatWasNotNamedIsTheCallersMistake) {
  // Not the end of the gateway's own, after which a repeat would help.
  const auto renewed = rig_.Await(rig_.sessions->Renew(rig_.context, v1::RenewSessionRequest()));
  EXPECT_EQ(ReasonOf(renewed.status()), v1::INVALID_ARGUMENT) << renewed.status();
  const auto closed = rig_.Await(rig_.sessions->Close(rig_.context, v1::CloseSessionRequest()));
  EXPECT_EQ(ReasonOf(closed.status()), v1::INVALID_ARGUMENT) << closed.status();
}

/// Reads that last so long that they no longer hold the horizon back: a pin names what they read.
class LongReads : public Operations {
 protected:
  absl::Status Renew() { return rig_.Await(rig_.gateway.session->Tick(rig_.context)); }
  /// Deletes the object in the middle of a read of it.
  void ExpectPinnedWhileItIsRead(const std::string& key) {
    CatalogStub::Garbage meanwhile;
    MemoryWriter writer;
    writer.on_write = [&] {
      if (!meanwhile.pinned.empty()) return absl::OkStatus();
      std::thread([&] {
        EXPECT_TRUE(Delete(key).ok());
        rig_.gateway.clock.Advance(kPinAfter);
        EXPECT_TRUE(Renew().ok());
        meanwhile = rig_.catalog->SeenGarbage();
      }).join();
      return absl::OkStatus();
    };
    EXPECT_TRUE(rig_.gateway.Get(key, &writer).ok());
    EXPECT_EQ(writer.bytes.size(), writer.info.size());
    EXPECT_EQ(meanwhile.pinned.size(), 1u);
    EXPECT_EQ(meanwhile.collectable.size(), 0u);
    EXPECT_TRUE(Renew().ok());
    const CatalogStub::Garbage after = rig_.catalog->SeenGarbage();
    EXPECT_EQ(after.pinned.size(), 0u);
    EXPECT_EQ(after.collectable, meanwhile.pinned);
  }
  const std::string content_ = GatewayRig::Text(3500);
};

TEST_F(LongReads, PinAnObject) {
  ASSERT_TRUE(rig_.Put("k", content_).ok());
  ExpectPinnedWhileItIsRead("k");
}

TEST_F(LongReads, PinTheBytesOfACopy) {
  ASSERT_TRUE(rig_.Put("source", content_).ok());
  v1::CopyObjectRequest copy;
  copy.set_source_bucket("bucket");
  copy.set_source_key("source");
  copy.set_bucket("bucket");
  copy.set_key("copy");
  ASSERT_TRUE(rig_.Await(rig_.api.copy->Run(rig_.context, copy)).ok());
  ASSERT_TRUE(Delete("source").ok());
  ExpectPinnedWhileItIsRead("copy");
}

TEST_F(LongReads, PinTheUploadOfAnObjectOfParts) {
  const std::string upload = CreateUpload("k");
  std::vector<v1::PartInfo> parts;
  for (const uint32_t number : {1u, 2u}) parts.push_back(Part("k", upload, number, content_));
  ASSERT_TRUE(Complete(CompleteOf("k", upload, parts)).ok());
  ExpectPinnedWhileItIsRead("k");
}

}  // namespace
}  // namespace trebol
