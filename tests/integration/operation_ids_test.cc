// Writes that are repeated under their operation id, by plain stubs through another gateway: each
// gets the answer of the first, and takes effect once.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "gmock/gmock.h"
#include "tests/testing/raw_calls.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using testing::Call;
using testing::PutData;
using testing::PutHeader;
using Stub = v1::ObjectService::Stub;
using Sessions = v1::SessionService::Stub;

class OperationIds : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster({.gateways = 2});
    ASSERT_FALSE(HasFatalFailure());
    for (const std::string& endpoint : cluster().GatewayEndpoints()) {
      const auto channel = testing::PlainChannel(endpoint);
      stubs_.push_back(v1::ObjectService::NewStub(channel));
      sessions_.push_back(v1::SessionService::NewStub(channel));
    }
    session_ = Open();
  }

  uint64_t Open() {
    const auto opened = Call(*sessions_[0], &Sessions::OpenSession, v1::OpenSessionRequest());
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.value_or(v1::OpenSessionResponse()).session();
  }
  v1::OperationId Next() {
    v1::OperationId id;
    id.set_session(session_);
    id.set_counter(++counter_);
    return id;
  }
  template <typename Request>
  Request Of(const std::string& key) {
    Request request;
    request.set_bucket("bucket");
    request.set_key(key);
    return request;
  }

  /// The call by both gateways, in turns; each answer must be the first one.
  template <typename Request, typename Response>
  Response Twice(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 Request request) {
    *request.mutable_operation() = Next();
    const auto first = Call(*stubs_[0], method, request);
    EXPECT_TRUE(first.ok()) << first.status();
    for (const size_t gateway : {1, 0}) {
      const auto again = Call(*stubs_[gateway], method, request);
      EXPECT_TRUE(again.ok()) << again.status();
      if (first.ok() && again.ok()) {
        EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
      }
    }
    return first.value_or(Response());
  }
  /// The same of a call that fails.
  template <typename Request, typename Response>
  void FailsTwice(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  Request request, ErrorReason reason) {
    *request.mutable_operation() = Next();
    for (const size_t gateway : {0, 1, 0}) {
      const auto status = Call(*stubs_[gateway], method, request).status();
      EXPECT_EQ(ReasonOf(status), reason) << status;
    }
  }
  v1::ObjectInfo PutTwice(const std::string& key, const std::string& content,
                          const v1::Preconditions& preconditions = {}) {
    v1::PutObjectRequest header = PutHeader("bucket", key);
    *header.mutable_header()->mutable_operation() = Next();
    *header.mutable_header()->mutable_preconditions() = preconditions;
    const auto first = testing::PutMessages(*stubs_[0], {header, PutData(content)});
    const auto again = testing::PutMessages(*stubs_[1], {header, PutData(content)});
    EXPECT_TRUE(first.ok()) << first.status();
    EXPECT_TRUE(again.ok()) << again.status();
    if (first.ok() && again.ok()) EXPECT_EQ(first->version(), again->version());
    return first.value_or(v1::ObjectInfo());
  }
  v1::PartInfo PartTwice(const std::string& upload, uint32_t number, const std::string& content) {
    v1::UploadPartRequest header;
    *header.mutable_header() = Of<v1::UploadPartRequest::Header>("big");
    header.mutable_header()->set_upload_id(upload);
    header.mutable_header()->set_part_number(number);
    *header.mutable_header()->mutable_operation() = Next();
    v1::UploadPartRequest data;
    data.set_data(content);
    const auto first = testing::PartMessages(*stubs_[0], {header, data});
    const auto again = testing::PartMessages(*stubs_[1], {header, data});
    EXPECT_TRUE(first.ok()) << first.status();
    EXPECT_TRUE(again.ok()) << again.status();
    if (first.ok() && again.ok()) EXPECT_EQ(first->etag(), again->etag());
    return first.value_or(v1::PartInfo());
  }
  absl::Status Delete(const v1::OperationId& operation) {
    auto request = Of<v1::DeleteObjectRequest>("nothing");
    *request.mutable_operation() = operation;
    return Call(*stubs_[1], &Stub::DeleteObject, request).status();
  }
  absl::Status Renew(uint64_t number, uint64_t below, const std::vector<uint64_t>& open = {}) {
    v1::RenewSessionRequest request;
    request.set_session(session_);
    request.set_number(number);
    request.set_operations_below(below);
    request.mutable_open_operations()->Add(open.begin(), open.end());
    return Call(*sessions_[1], &Sessions::RenewSession, request).status();
  }
  int Versions() {
    v1::ListObjectVersionsRequest request;
    request.set_bucket("bucket");
    const auto page = Call(*stubs_[0], &Stub::ListObjectVersions, request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.value_or(v1::ListObjectVersionsResponse()).versions_size();
  }
  void CreateBucket() {
    v1::CreateBucketRequest request;
    request.set_bucket("bucket");
    Twice(&Stub::CreateBucket, request);
  }

  std::vector<std::unique_ptr<Stub>> stubs_;
  std::vector<std::unique_ptr<Sessions>> sessions_;
  uint64_t session_ = 0;
  uint64_t counter_ = 0;
};

TEST_F(OperationIds, EveryWriteIsDoneOnceAndAnsweredAlike) {
  CreateBucket();
  v1::SetBucketVersioningRequest versioning;
  versioning.set_bucket("bucket");
  versioning.set_versioning(v1::Bucket::ENABLED);
  EXPECT_EQ(Twice(&Stub::SetBucketVersioning, versioning).versioning(), v1::Bucket::ENABLED);
  v1::SetBucketTagsRequest bucket_tags;
  bucket_tags.set_bucket("bucket");
  bucket_tags.add_tags()->set_key("cost");
  Twice(&Stub::SetBucketTags, bucket_tags);

  v1::Preconditions absent;
  absent.add_if_none_match("*");
  PutTwice("k", "one", absent);  // the repeat meets what the first made, and is told of it
  EXPECT_EQ(Versions(), 1);
  auto tags = Of<v1::SetObjectTagsRequest>("k");
  tags.add_tags()->set_key("colour");
  Twice(&Stub::SetObjectTags, tags);
  auto copy = Of<v1::CopyObjectRequest>("copy");
  copy.set_source_bucket("bucket");
  copy.set_source_key("k");
  *copy.mutable_preconditions() = absent;
  Twice(&Stub::CopyObject, copy);
  EXPECT_EQ(Versions(), 2);

  // Each delete of a versioned bucket would add a marker.
  EXPECT_TRUE(Twice(&Stub::DeleteObject, Of<v1::DeleteObjectRequest>("k")).delete_marker());
  EXPECT_EQ(Versions(), 3);
  v1::DeleteObjectsRequest many;
  many.set_bucket("bucket");
  for (int i = 0; i < 600; ++i) many.add_entries()->set_key(absl::StrCat("key-", i));
  EXPECT_EQ(Twice(&Stub::DeleteObjects, many).results_size(), 600);
  EXPECT_EQ(Versions(), 603);

  const std::string upload =
      Twice(&Stub::CreateMultipartUpload, Of<v1::CreateMultipartUploadRequest>("big")).upload_id();
  v1::ListMultipartUploadsRequest uploads;
  uploads.set_bucket("bucket");
  EXPECT_EQ(Call(*stubs_[0], &Stub::ListMultipartUploads, uploads)->uploads_size(), 1);
  auto complete = Of<v1::CompleteMultipartUploadRequest>("big");
  complete.set_upload_id(upload);
  for (const uint32_t number : {1u, 2u}) {
    const v1::PartInfo part = PartTwice(upload, number, absl::StrCat("part ", number));
    complete.add_parts()->set_part_number(number);
    complete.mutable_parts()->rbegin()->set_etag(part.etag());
  }
  Twice(&Stub::CompleteMultipartUpload, complete);
  EXPECT_EQ(Versions(), 604);
  auto aborted = Twice(&Stub::CreateMultipartUpload, Of<v1::CreateMultipartUploadRequest>("big"));
  auto abort = Of<v1::AbortMultipartUploadRequest>("big");
  abort.set_upload_id(aborted.upload_id());
  Twice(&Stub::AbortMultipartUpload, abort);

  v1::CreateBucketRequest other;
  other.set_bucket("other");
  Twice(&Stub::CreateBucket, other);
  v1::DeleteBucketRequest gone;
  gone.set_bucket("other");
  Twice(&Stub::DeleteBucket, gone);
}

TEST_F(OperationIds, ARefusalIsKeptToo) {
  CreateBucket();
  auto copy = Of<v1::CopyObjectRequest>("copy");
  copy.set_source_bucket("bucket");
  copy.set_source_key("k");
  *copy.mutable_operation() = Next();
  for (const size_t gateway : {0, 1}) {
    const auto status = Call(*stubs_[gateway], &Stub::CopyObject, copy).status();
    EXPECT_EQ(ReasonOf(status), v1::OBJECT_NOT_FOUND) << status;
    // Meanwhile there is one: what was decided stays.
    PutTwice("k", "one");
  }
  v1::CreateBucketRequest create;
  create.set_bucket("bucket");
  FailsTwice(&Stub::CreateBucket, create, v1::BUCKET_OWNED_BY_YOU);
  auto remove = Of<v1::DeleteObjectRequest>("k");
  remove.mutable_preconditions()->add_if_match("another");
  FailsTwice(&Stub::DeleteObject, remove, v1::PRECONDITION_FAILED);
  auto tags = Of<v1::SetObjectTagsRequest>("nothing");
  FailsTwice(&Stub::SetObjectTags, tags, v1::OBJECT_NOT_FOUND);
}

TEST_F(OperationIds, WhatARenewalPassedIsUnknown) {
  CreateBucket();
  const v1::OperationId kept = Next();
  const v1::OperationId passed = Next();
  for (const auto& id : {kept, passed}) EXPECT_TRUE(Delete(id).ok());
  ASSERT_TRUE(Renew(1, passed.counter() + 1, {kept.counter()}).ok());
  EXPECT_TRUE(Delete(kept).ok());
  const absl::Status unknown = Delete(passed);
  EXPECT_EQ(unknown.code(), absl::StatusCode::kUnknown) << unknown;
  EXPECT_EQ(ReasonOf(unknown), v1::OPERATION_UNKNOWN) << unknown;
  // An older renewal changes nothing, and is no error: its answer may have been lost.
  ASSERT_TRUE(Renew(1, 1).ok());
  EXPECT_EQ(ReasonOf(Delete(passed)), v1::OPERATION_UNKNOWN);
  v1::OperationId zero = kept;
  zero.set_counter(0);
  EXPECT_EQ(ReasonOf(Delete(zero)), v1::OPERATION_UNKNOWN);
}

TEST_F(OperationIds, AClosedSessionTakesNothingNew) {
  CreateBucket();
  const v1::OperationId before = Next();
  EXPECT_TRUE(Delete(before).ok());
  v1::CloseSessionRequest close;
  close.set_session(session_);
  for (const size_t gateway : {0, 1}) {
    EXPECT_TRUE(Call(*sessions_[gateway], &Sessions::CloseSession, close).ok());
  }
  EXPECT_TRUE(Delete(before).ok());  // its outcome is kept
  const absl::Status closed = Delete(Next());
  EXPECT_EQ(closed.code(), absl::StatusCode::kFailedPrecondition) << closed;
  EXPECT_EQ(ReasonOf(closed), v1::SESSION_CLOSED) << closed;
  EXPECT_EQ(ReasonOf(Renew(1, 1)), v1::SESSION_CLOSED);
  // The gateways did not take it for their own.
  session_ = Open();
  PutTwice("k", "one");
}

TEST_F(OperationIds, TheSessionOfAGatewayIsNoClients) {
  CreateBucket();
  // Every etag names it.
  const std::string etag = PutTwice("k", "one").etag();
  uint64_t gateways = 0;
  ASSERT_TRUE(
      absl::SimpleHexAtoi(std::vector<std::string>(absl::StrSplit(etag, '-'))[0], &gateways));
  v1::OperationId id;
  id.set_session(gateways);
  id.set_counter(1'000'000);
  EXPECT_EQ(ReasonOf(Delete(id)), v1::INVALID_ARGUMENT);
  v1::CloseSessionRequest close;
  close.set_session(gateways);
  const auto closed = Call(*sessions_[1], &Sessions::CloseSession, close).status();
  EXPECT_EQ(ReasonOf(closed), v1::INVALID_ARGUMENT) << closed;
  v1::RenewSessionRequest renew;
  renew.set_session(gateways);
  renew.set_number(~uint64_t{0});
  renew.set_operations_below(~uint64_t{0});
  const auto renewed = Call(*sessions_[1], &Sessions::RenewSession, renew).status();
  EXPECT_EQ(ReasonOf(renewed), v1::INVALID_ARGUMENT) << renewed;
  PutTwice("k", "two");
}

}  // namespace
}  // namespace trebol
