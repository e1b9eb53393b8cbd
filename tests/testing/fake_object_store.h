#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trebol/v1/object.pb.h"

namespace trebol::testing {

/// What a cluster does to names and bytes, in memory: buckets, versions, preconditions, tags,
/// multipart uploads, listings. Only as exact as clients can see it. Not thread-safe.
class FakeObjectStore {
 public:
  struct Version {
    v1::ObjectInfo info;
    std::shared_ptr<const std::string> data;
  };

  absl::StatusOr<v1::Bucket> CreateBucket(const v1::CreateBucketRequest& request);
  absl::StatusOr<v1::DeleteBucketResponse> DeleteBucket(const v1::DeleteBucketRequest& request);
  absl::StatusOr<v1::Bucket> HeadBucket(const v1::HeadBucketRequest& request) const;
  v1::ListBucketsResponse ListBuckets() const;
  absl::StatusOr<v1::Bucket> SetVersioning(const v1::SetBucketVersioningRequest& request);
  absl::StatusOr<v1::Bucket> SetTags(const v1::SetBucketTagsRequest& request);

  absl::StatusOr<v1::ObjectInfo> Put(const v1::PutObjectRequest::Header& header, std::string data);
  /// Of a get or head: `version` may be empty, "null" or an id.
  absl::StatusOr<Version> Find(const std::string& bucket, const std::string& key,
                               const std::string& version,
                               const v1::Preconditions& preconditions) const;
  absl::StatusOr<v1::ObjectInfo> SetTags(const v1::SetObjectTagsRequest& request);
  absl::StatusOr<v1::DeleteObjectResponse> Delete(const v1::DeleteObjectRequest& request);
  absl::StatusOr<v1::DeleteObjectsResponse> Delete(const v1::DeleteObjectsRequest& request);
  absl::StatusOr<v1::CopyObjectResponse> Copy(const v1::CopyObjectRequest& request);

  absl::StatusOr<v1::ListObjectsResponse> List(const v1::ListObjectsRequest& request) const;
  absl::StatusOr<v1::ListObjectVersionsResponse> List(
      const v1::ListObjectVersionsRequest& request) const;

  absl::StatusOr<v1::MultipartUpload> Create(const v1::CreateMultipartUploadRequest& request);
  absl::StatusOr<v1::PartInfo> PutPart(const v1::UploadPartRequest::Header& header,
                                       std::string data);
  absl::StatusOr<v1::ListPartsResponse> List(const v1::ListPartsRequest& request) const;
  absl::StatusOr<v1::ListMultipartUploadsResponse> List(
      const v1::ListMultipartUploadsRequest& request) const;
  absl::StatusOr<v1::ObjectInfo> Complete(const v1::CompleteMultipartUploadRequest& request);
  absl::StatusOr<v1::AbortMultipartUploadResponse> Abort(
      const v1::AbortMultipartUploadRequest& request);

  bool HasBucket(const std::string& bucket) const { return buckets_.count(bucket) > 0; }
  std::vector<std::string> Keys(const std::string& bucket) const;

 private:
  struct BucketState {
    v1::Bucket info;
    std::map<std::string, std::vector<Version>> keys;  // the newest first
  };
  struct Part {
    v1::PartInfo info;
    std::string data;
  };
  struct Upload {
    v1::MultipartUpload info;
    v1::CreateMultipartUploadRequest request;
    std::map<uint32_t, Part> parts;
  };

  absl::StatusOr<BucketState*> Bucket(const std::string& name);
  absl::StatusOr<const BucketState*> Bucket(const std::string& name) const;
  /// What the key names, or nullptr.
  static const Version* Latest(const BucketState& bucket, const std::string& key);
  absl::StatusOr<Version*> FindVersion(const std::string& bucket, const std::string& key,
                                       const std::string& version);
  v1::ObjectInfo Store(BucketState& bucket, v1::ObjectInfo info,
                       std::shared_ptr<const std::string> data);
  absl::StatusOr<const Upload*> FindUpload(const std::string& upload_id) const;

  std::map<std::string, BucketState> buckets_;
  std::map<std::string, Upload> uploads_;
  int versions_ = 0;
};

}  // namespace trebol::testing
