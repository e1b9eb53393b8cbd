#pragma once

// For the tests of programs that use a Client. Needs GoogleMock, which only those tests link.

#include <gmock/gmock.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/client.h"

namespace trebol::client {

/// A Connection that does what a test expects of it:
///
///   auto connection = std::make_shared<MockConnection>();
///   EXPECT_CALL(*connection, HeadObject(_, "photos", "a.jpg", _)).WillOnce(Return(info));
///   Client client(connection);
///
/// What a Client does on top is real: names are checked, batches are split, files are cut.
class MockConnection : public Connection {
 public:
  MOCK_METHOD(absl::StatusOr<Bucket>, CreateBucket, (const CallContext&, const std::string&),
              (override));
  MOCK_METHOD(absl::Status, DeleteBucket, (const CallContext&, const std::string&), (override));
  MOCK_METHOD(absl::StatusOr<Bucket>, HeadBucket, (const CallContext&, const std::string&),
              (override));
  MOCK_METHOD(absl::StatusOr<std::vector<Bucket>>, ListBuckets, (const CallContext&), (override));
  MOCK_METHOD(absl::StatusOr<Bucket>, SetBucketVersioning,
              (const CallContext&, const std::string&, Versioning), (override));
  MOCK_METHOD(absl::StatusOr<Bucket>, SetBucketTags,
              (const CallContext&, const std::string&, const Tags&), (override));

  MOCK_METHOD(absl::StatusOr<AccessKey>, CreateAccessKey,
              (const CallContext&, const AccessKeyOptions&), (override));
  MOCK_METHOD(absl::StatusOr<AccessKey>, ImportAccessKey,
              (const CallContext&, const std::string&, const std::string&, const AccessKeyOptions&),
              (override));
  MOCK_METHOD(absl::StatusOr<AccessKeyPage>, ListAccessKeys,
              (const CallContext&, const std::string&, const std::string&), (override));
  MOCK_METHOD(absl::Status, DeleteAccessKey, (const CallContext&, const std::string&), (override));
  MOCK_METHOD(absl::StatusOr<BucketAccess>, GetBucketAccess,
              (const CallContext&, const std::string&), (override));
  MOCK_METHOD(absl::StatusOr<BucketAccess>, SetBucketAccess,
              (const CallContext&, const std::string&, const BucketAccessChange&), (override));
  MOCK_METHOD(absl::StatusOr<BucketAccess>, SetBucketQuota,
              (const CallContext&, const std::string&, uint64_t), (override));

  MOCK_METHOD(absl::StatusOr<ObjectInfo>, PutObject,
              (const CallContext&, const std::string&, const std::string&, const Source&,
               const PutObjectOptions&),
              (override));
  MOCK_METHOD(absl::StatusOr<ObjectReader>, OpenObject,
              (const CallContext&, const std::string&, const std::string&,
               const ReadObjectOptions&),
              (override));
  MOCK_METHOD(absl::StatusOr<ObjectInfo>, HeadObject,
              (const CallContext&, const std::string&, const std::string&,
               const HeadObjectOptions&),
              (override));
  MOCK_METHOD(absl::StatusOr<ObjectInfo>, SetObjectTags,
              (const CallContext&, const std::string&, const std::string&, const Tags&,
               const SetObjectTagsOptions&),
              (override));
  MOCK_METHOD(absl::StatusOr<DeleteObjectResult>, DeleteObject,
              (const CallContext&, const std::string&, const std::string&,
               const DeleteObjectOptions&),
              (override));
  MOCK_METHOD(absl::StatusOr<std::vector<absl::StatusOr<DeleteObjectResult>>>, DeleteObjects,
              (const CallContext&, const std::string&, const std::vector<DeleteEntry>&),
              (override));
  MOCK_METHOD(absl::StatusOr<CopyObjectResult>, CopyObject,
              (const CallContext&, const std::string&, const std::string&, const std::string&,
               const std::string&, const CopyObjectOptions&),
              (override));

  MOCK_METHOD(absl::StatusOr<ListObjectsPage>, ListObjects,
              (const CallContext&, const ListObjectsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<ListObjectVersionsPage>, ListObjectVersions,
              (const CallContext&, const ListObjectVersionsRequest&), (override));

  MOCK_METHOD(absl::StatusOr<MultipartUpload>, CreateMultipartUpload,
              (const CallContext&, const std::string&, const std::string&,
               const CreateMultipartUploadOptions&),
              (override));
  MOCK_METHOD(absl::StatusOr<PartInfo>, UploadPart,
              (const CallContext&, const MultipartUpload&, uint32_t, const Source&,
               const UploadPartOptions&),
              (override));
  MOCK_METHOD(absl::StatusOr<ListPartsPage>, ListParts,
              (const CallContext&, const MultipartUpload&, const ListPartsOptions&), (override));
  MOCK_METHOD(absl::StatusOr<ListMultipartUploadsPage>, ListMultipartUploads,
              (const CallContext&, const ListMultipartUploadsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<ObjectInfo>, CompleteMultipartUpload,
              (const CallContext&, const MultipartUpload&, const std::vector<PartInfo>&,
               const CompleteMultipartUploadOptions&),
              (override));
  MOCK_METHOD(absl::Status, AbortMultipartUpload, (const CallContext&, const MultipartUpload&),
              (override));

  MOCK_METHOD(absl::StatusOr<ClusterStatus>, GetClusterStatus, (const CallContext&), (override));
  MOCK_METHOD(absl::StatusOr<NodeChangePlan>, PlanNodeChange,
              (const CallContext&, const NodeChange&), (override));
  MOCK_METHOD(absl::StatusOr<NodeChangePlan>, ApplyNodeChange,
              (const CallContext&, const NodeChange&), (override));
  MOCK_METHOD(absl::StatusOr<JobList>, ListJobs, (const CallContext&), (override));
  MOCK_METHOD(absl::StatusOr<Job>, ChangeJob, (const CallContext&, JobVerb, const std::string&),
              (override));
  MOCK_METHOD(absl::StatusOr<ObjectExplanation>, ExplainObject,
              (const CallContext&, const std::string&, const std::string&,
               const ExplainObjectOptions&),
              (override));
};

/// What a mocked OpenObject gives back: a reader of `bytes`, which are the whole object or, from
/// `offset`, a range of it. With `error` it breaks after them.
inline ObjectReader MakeReader(ObjectInfo info, std::string bytes, uint64_t offset = 0,
                               absl::Status error = absl::OkStatus()) {
  class Stream final : public ObjectStream {
   public:
    Stream(ObjectInfo info, std::string bytes, uint64_t offset, absl::Status error)
        : info_(std::move(info)),
          bytes_(std::move(bytes)),
          offset_(offset),
          error_(std::move(error)) {}
    const ObjectInfo& info() const override { return info_; }
    uint64_t offset() const override { return offset_; }
    uint64_t length() const override { return bytes_.size(); }
    absl::StatusOr<absl::string_view> Next() override {
      if (!std::exchange(given_, true) && !bytes_.empty()) return absl::string_view(bytes_);
      if (!error_.ok()) return error_;
      return absl::string_view();
    }

   private:
    const ObjectInfo info_;
    const std::string bytes_;
    const uint64_t offset_;
    const absl::Status error_;
    bool given_ = false;
  };
  return ObjectReader(
      std::make_unique<Stream>(std::move(info), std::move(bytes), offset, std::move(error)));
}

/// What a mocked PutObject or UploadPart was given: `source` to its end.
inline absl::StatusOr<std::string> ReadAll(const Source& source) {
  std::string bytes;
  char piece[4096];
  while (true) {
    const absl::StatusOr<size_t> got = source(piece, sizeof piece);
    if (!got.ok()) return got.status();
    if (*got == 0) return bytes;
    bytes.append(piece, *got);
  }
}

}  // namespace trebol::client
