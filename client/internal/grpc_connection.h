#pragma once

// Inside the client library only: this header brings in gRPC.

#include <memory>
#include <string>
#include <vector>

#include "client/client.h"
#include "client/internal/client_session.h"
#include "client/internal/transport.h"

namespace trebol::client {

/// The Connection to a gateway. Readers that it opened may outlive it.
class GrpcConnection final : public Connection {
 public:
  explicit GrpcConnection(const ClientOptions& options);

  absl::StatusOr<Bucket> CreateBucket(const CallContext& context,
                                      const std::string& bucket) override;
  absl::Status DeleteBucket(const CallContext& context, const std::string& bucket) override;
  absl::StatusOr<Bucket> HeadBucket(const CallContext& context, const std::string& bucket) override;
  absl::StatusOr<std::vector<Bucket>> ListBuckets(const CallContext& context) override;
  absl::StatusOr<Bucket> SetBucketVersioning(const CallContext& context, const std::string& bucket,
                                             Versioning versioning) override;
  absl::StatusOr<Bucket> SetBucketTags(const CallContext& context, const std::string& bucket,
                                       const Tags& tags) override;

  absl::StatusOr<AccessKey> CreateAccessKey(const CallContext& context,
                                            const AccessKeyOptions& options) override;
  absl::StatusOr<AccessKey> ImportAccessKey(const CallContext& context, const std::string& id,
                                            const std::string& secret,
                                            const AccessKeyOptions& options) override;
  absl::StatusOr<AccessKeyPage> ListAccessKeys(const CallContext& context, const std::string& user,
                                               const std::string& page_token) override;
  absl::Status DeleteAccessKey(const CallContext& context, const std::string& id) override;
  absl::StatusOr<BucketAccess> GetBucketAccess(const CallContext& context,
                                               const std::string& bucket) override;
  absl::StatusOr<BucketAccess> SetBucketAccess(const CallContext& context,
                                               const std::string& bucket,
                                               const BucketAccessChange& change) override;
  absl::StatusOr<BucketAccess> SetBucketQuota(const CallContext& context, const std::string& bucket,
                                              uint64_t quota_bytes) override;

  absl::StatusOr<ObjectInfo> PutObject(const CallContext& context, const std::string& bucket,
                                       const std::string& key, const Source& source,
                                       const PutObjectOptions& options) override;
  absl::StatusOr<ObjectReader> OpenObject(const CallContext& context, const std::string& bucket,
                                          const std::string& key,
                                          const ReadObjectOptions& options) override;
  absl::StatusOr<ObjectInfo> HeadObject(const CallContext& context, const std::string& bucket,
                                        const std::string& key,
                                        const HeadObjectOptions& options) override;
  absl::StatusOr<ObjectInfo> SetObjectTags(const CallContext& context, const std::string& bucket,
                                           const std::string& key, const Tags& tags,
                                           const SetObjectTagsOptions& options) override;
  absl::StatusOr<DeleteObjectResult> DeleteObject(const CallContext& context,
                                                  const std::string& bucket, const std::string& key,
                                                  const DeleteObjectOptions& options) override;
  absl::StatusOr<std::vector<absl::StatusOr<DeleteObjectResult>>> DeleteObjects(
      const CallContext& context, const std::string& bucket,
      const std::vector<DeleteEntry>& entries) override;
  absl::StatusOr<CopyObjectResult> CopyObject(const CallContext& context,
                                              const std::string& source_bucket,
                                              const std::string& source_key,
                                              const std::string& bucket, const std::string& key,
                                              const CopyObjectOptions& options) override;

  absl::StatusOr<ListObjectsPage> ListObjects(const CallContext& context,
                                              const ListObjectsRequest& request) override;
  absl::StatusOr<ListObjectVersionsPage> ListObjectVersions(
      const CallContext& context, const ListObjectVersionsRequest& request) override;

  absl::StatusOr<MultipartUpload> CreateMultipartUpload(
      const CallContext& context, const std::string& bucket, const std::string& key,
      const CreateMultipartUploadOptions& options) override;
  absl::StatusOr<PartInfo> UploadPart(const CallContext& context, const MultipartUpload& upload,
                                      uint32_t part_number, const Source& source,
                                      const UploadPartOptions& options) override;
  absl::StatusOr<ListPartsPage> ListParts(const CallContext& context, const MultipartUpload& upload,
                                          const ListPartsOptions& options) override;
  absl::StatusOr<ListMultipartUploadsPage> ListMultipartUploads(
      const CallContext& context, const ListMultipartUploadsRequest& request) override;
  absl::StatusOr<ObjectInfo> CompleteMultipartUpload(
      const CallContext& context, const MultipartUpload& upload, const std::vector<PartInfo>& parts,
      const CompleteMultipartUploadOptions& options) override;
  absl::Status AbortMultipartUpload(const CallContext& context,
                                    const MultipartUpload& upload) override;

  absl::StatusOr<ClusterStatus> GetClusterStatus(const CallContext& context) override;
  absl::StatusOr<NodeChangePlan> PlanNodeChange(const CallContext& context,
                                                const NodeChange& change) override;
  absl::StatusOr<NodeChangePlan> ApplyNodeChange(const CallContext& context,
                                                 const NodeChange& change) override;
  absl::StatusOr<JobList> ListJobs(const CallContext& context) override;
  absl::StatusOr<Job> ChangeJob(const CallContext& context, JobVerb verb,
                                const std::string& id) override;
  absl::StatusOr<ObjectExplanation> ExplainObject(const CallContext& context,
                                                  const std::string& bucket, const std::string& key,
                                                  const ExplainObjectOptions& options) override;

 private:
  const std::shared_ptr<Transport> transport_;
  ClientSession session_;
};

}  // namespace trebol::client
