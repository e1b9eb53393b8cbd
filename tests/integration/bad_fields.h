#pragma once

#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "tests/testing/raw_calls.h"
#include "tests/testing/story.h"

namespace trebol::testing {

using absl::StatusCode;
using Stub = v1::ObjectService::Stub;
using Sessions = v1::SessionService::Stub;

inline constexpr StatusCode kBad = StatusCode::kInvalidArgument;
inline constexpr char kNoVersion[] = "9-00000000000000aa-3";
inline constexpr char kNoUpload[] = "00000000000000aa-00000000000000bb-3";

/// A call with something wrong, and what it must be answered.
struct Case {
  std::string name;
  std::function<absl::Status()> run;
  StatusCode code;
  ErrorReason reason;
  std::vector<std::string> words = {};  // all are in the text
};

/// A bucket with an object "kept" and an unfinished upload "big" of one part: no call of a test may
/// change anything of it.
class BadFields : public Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    const auto channel = PlainChannel(cluster().GatewayEndpoints()[0]);
    stub_ = v1::ObjectService::NewStub(channel);
    sessions_ = v1::SessionService::NewStub(channel);
    v1::CreateBucketRequest create;
    create.set_bucket("bucket");
    ASSERT_TRUE(Call(*stub_, &Stub::CreateBucket, create).ok());
    const auto kept = PutMessages(*stub_, {PutHeader("bucket", "kept"), PutData("kept")});
    ASSERT_TRUE(kept.ok()) << kept.status();
    kept_ = *kept;
    auto upload = Of<v1::CreateMultipartUploadRequest>("bucket", "big");
    upload.add_checksums(v1::Checksum::SHA256);
    const auto created = Call(*stub_, &Stub::CreateMultipartUpload, upload);
    ASSERT_TRUE(created.ok()) << created.status();
    upload_ = created->upload_id();
    const auto part = PartMessages(*stub_, {PartHeader(1), PartData("part")});
    ASSERT_TRUE(part.ok()) << part.status();
    part_ = *part;
  }

  template <typename Request>
  static Request Of(const std::string& bucket, const std::string& key) {
    Request request;
    request.set_bucket(bucket);
    request.set_key(key);
    return request;
  }
  v1::UploadPartRequest PartHeader(uint32_t number) const {
    v1::UploadPartRequest message;
    *message.mutable_header() = Of<v1::UploadPartRequest::Header>("bucket", "big");
    message.mutable_header()->set_upload_id(upload_);
    message.mutable_header()->set_part_number(number);
    return message;
  }
  static v1::UploadPartRequest PartData(const std::string& data) {
    v1::UploadPartRequest message;
    message.set_data(data);
    return message;
  }
  v1::CompleteMultipartUploadRequest CompleteOf(std::vector<uint32_t> numbers) const {
    auto request = Of<v1::CompleteMultipartUploadRequest>("bucket", "big");
    request.set_upload_id(upload_);
    for (const uint32_t number : numbers) {
      request.add_parts()->set_part_number(number);
      request.mutable_parts()->rbegin()->set_etag(part_.etag());
    }
    return request;
  }
  static v1::CopyObjectRequest CopyOf(const std::string& source_bucket,
                                      const std::string& source_key) {
    auto request = Of<v1::CopyObjectRequest>("bucket", "copy");
    request.set_source_bucket(source_bucket);
    request.set_source_key(source_key);
    return request;
  }

  template <typename Request, typename Response>
  std::function<absl::Status()> Calls(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                   const Request&, Response*),
                                      Request request) {
    return [this, method, request] { return Call(*stub_, method, request).status(); };
  }
  template <typename Request, typename Response>
  std::function<absl::Status()> CallsSession(grpc::Status (Sessions::*method)(grpc::ClientContext*,
                                                                              const Request&,
                                                                              Response*),
                                             Request request) {
    return [this, method, request] { return Call(*sessions_, method, request).status(); };
  }
  std::function<absl::Status()> Puts(std::function<void(v1::PutObjectRequest::Header*)> change,
                                     v1::PutObjectRequest::Trailer trailer = {}) {
    v1::PutObjectRequest first = PutHeader("bucket", "half");
    change(first.mutable_header());
    v1::PutObjectRequest last;
    *last.mutable_trailer() = trailer;
    return [this, first, last] {
      return PutMessages(*stub_, {first, PutData("half"), last}).status();
    };
  }
  std::function<absl::Status()> PutsPart(uint32_t number,
                                         std::function<void(v1::UploadPartRequest::Header*)> change,
                                         v1::PutObjectRequest::Trailer trailer = {}) {
    v1::UploadPartRequest first = PartHeader(number);
    change(first.mutable_header());
    v1::UploadPartRequest last;
    *last.mutable_trailer() = trailer;
    return [this, first, last] {
      return PartMessages(*stub_, {first, PartData("half"), last}).status();
    };
  }

  /// Every operation that names a key, with these names.
  std::vector<std::pair<std::string, std::function<absl::Status()>>> WithNames(
      const std::string& bucket, const std::string& key) {
    auto parts = Of<v1::ListPartsRequest>(bucket, key);
    parts.set_upload_id(upload_);
    auto complete = CompleteOf({1});
    complete.set_bucket(bucket);
    complete.set_key(key);
    auto abort = Of<v1::AbortMultipartUploadRequest>(bucket, key);
    abort.set_upload_id(upload_);
    v1::DeleteObjectsRequest many;
    many.set_bucket(bucket);
    many.add_entries()->set_key(key);
    auto copy = CopyOf("bucket", "kept");
    copy.set_bucket(bucket);
    copy.set_key(key);
    return {
        {"set tags", Calls(&Stub::SetObjectTags, Of<v1::SetObjectTagsRequest>(bucket, key))},
        {"copy from", Calls(&Stub::CopyObject, CopyOf(bucket, key))},
        {"copy to", Calls(&Stub::CopyObject, copy)},
        {"create upload",
         Calls(&Stub::CreateMultipartUpload, Of<v1::CreateMultipartUploadRequest>(bucket, key))},
        {"upload part", PutsPart(2,
                                 [&](auto* header) {
                                   header->set_bucket(bucket);
                                   header->set_key(key);
                                 })},
        {"list parts", Calls(&Stub::ListParts, parts)},
        {"complete", Calls(&Stub::CompleteMultipartUpload, complete)},
        {"abort", Calls(&Stub::AbortMultipartUpload, abort)},
        {"delete many", Calls(&Stub::DeleteObjects, many)},
    };
  }

  void Run(const std::vector<Case>& cases) {
    for (const Case& one : cases) {
      SCOPED_TRACE(one.name);
      const absl::Status status = one.run();
      std::cout << one.name << ": " << absl::StatusCodeToString(status.code()) << " "
                << v1::ErrorReason_Name(ReasonOf(status)) << " " << status.message().substr(0, 200)
                << std::endl;
      EXPECT_EQ(status.code(), one.code) << status;
      EXPECT_EQ(ReasonOf(status), one.reason) << v1::ErrorReason_Name(ReasonOf(status));
      EXPECT_NE(status.message(), "");
      for (const std::string& word : one.words) {
        EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(word));
      }
    }
    ExpectNothingChanged();
  }

  /// The object and the part that were there before, and nothing else.
  void ExpectNothingChanged() {
    v1::ListObjectVersionsRequest versions;
    versions.set_bucket("bucket");
    const auto listed = Call(*stub_, &Stub::ListObjectVersions, versions);
    ASSERT_TRUE(listed.ok()) << listed.status();
    ASSERT_EQ(listed->versions_size(), 1) << listed->DebugString();
    EXPECT_EQ(listed->versions(0).version(), kept_.version());
    v1::ListMultipartUploadsRequest uploads;
    uploads.set_bucket("bucket");
    EXPECT_EQ(Call(*stub_, &Stub::ListMultipartUploads, uploads)->uploads_size(), 1);
    auto parts = Of<v1::ListPartsRequest>("bucket", "big");
    parts.set_upload_id(upload_);
    const auto page = Call(*stub_, &Stub::ListParts, parts);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->parts_size(), 1) << page->DebugString();
    EXPECT_EQ(page->parts(0).etag(), part_.etag());
    v1::HeadObjectRequest head = Of<v1::HeadObjectRequest>("bucket", "kept");
    EXPECT_EQ(Call(*stub_, &Stub::HeadObject, head)->tags_size(), 0);
  }

  std::unique_ptr<Stub> stub_;
  std::unique_ptr<Sessions> sessions_;
  v1::ObjectInfo kept_;
  std::string upload_;
  v1::PartInfo part_;
};

}  // namespace trebol::testing
