#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/access.h"
#include "client/cluster_status.h"
#include "client/listing.h"
#include "client/multipart.h"
#include "client/node_change.h"
#include "client/object_options.h"
#include "client/object_reader.h"
#include "client/types.h"

namespace trebol::client {

/// What bounds one call.
struct CallContext {
  absl::Duration timeout = absl::Seconds(10);       // all attempts of a call that is no transfer
  absl::Duration idle_timeout = absl::Seconds(60);  // a transfer that moves nothing is given up
  int max_attempts = 4;                             // the first included
  std::stop_token stop;                             // ends the call with CANCELLED
};

/// What a Client stands on: the calls of the public API, one method each, with the contracts that
/// client.h gives them. The library has one over gRPC; a test hands the Client its own (see
/// mock_connection.h). Implementations are thread-safe and get arguments that were checked.
///
/// Every method has a default that answers UNIMPLEMENTED, so that a test implements what it uses
/// and a new operation breaks nobody. That is also why there are so many: the Client adds file
/// transfers, batches and loops over pages, which then run on a test's connection too.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual absl::StatusOr<Bucket> CreateBucket(const CallContext& context,
                                              const std::string& bucket);
  virtual absl::Status DeleteBucket(const CallContext& context, const std::string& bucket);
  virtual absl::StatusOr<Bucket> HeadBucket(const CallContext& context, const std::string& bucket);
  virtual absl::StatusOr<std::vector<Bucket>> ListBuckets(const CallContext& context);
  virtual absl::StatusOr<Bucket> SetBucketVersioning(const CallContext& context,
                                                     const std::string& bucket,
                                                     Versioning versioning);
  virtual absl::StatusOr<Bucket> SetBucketTags(const CallContext& context,
                                               const std::string& bucket, const Tags& tags);

  virtual absl::StatusOr<AccessKey> CreateAccessKey(const CallContext& context,
                                                    const AccessKeyOptions& options);
  virtual absl::StatusOr<AccessKey> ImportAccessKey(const CallContext& context,
                                                    const std::string& id,
                                                    const std::string& secret,
                                                    const AccessKeyOptions& options);
  virtual absl::StatusOr<AccessKeyPage> ListAccessKeys(const CallContext& context,
                                                       const std::string& user,
                                                       const std::string& page_token);
  virtual absl::Status DeleteAccessKey(const CallContext& context, const std::string& id);
  virtual absl::StatusOr<BucketAccess> GetBucketAccess(const CallContext& context,
                                                       const std::string& bucket);
  virtual absl::StatusOr<BucketAccess> SetBucketAccess(const CallContext& context,
                                                       const std::string& bucket,
                                                       const BucketAccessChange& change);
  virtual absl::StatusOr<BucketAccess> SetBucketQuota(const CallContext& context,
                                                      const std::string& bucket,
                                                      uint64_t quota_bytes);

  virtual absl::StatusOr<ObjectInfo> PutObject(const CallContext& context,
                                               const std::string& bucket, const std::string& key,
                                               const Source& source,
                                               const PutObjectOptions& options);
  virtual absl::StatusOr<ObjectReader> OpenObject(const CallContext& context,
                                                  const std::string& bucket, const std::string& key,
                                                  const ReadObjectOptions& options);
  virtual absl::StatusOr<ObjectInfo> HeadObject(const CallContext& context,
                                                const std::string& bucket, const std::string& key,
                                                const HeadObjectOptions& options);
  virtual absl::StatusOr<ObjectInfo> SetObjectTags(const CallContext& context,
                                                   const std::string& bucket,
                                                   const std::string& key, const Tags& tags,
                                                   const SetObjectTagsOptions& options);
  virtual absl::StatusOr<DeleteObjectResult> DeleteObject(const CallContext& context,
                                                          const std::string& bucket,
                                                          const std::string& key,
                                                          const DeleteObjectOptions& options);
  /// At most 1,000 entries; one result for each, in order.
  virtual absl::StatusOr<std::vector<absl::StatusOr<DeleteObjectResult>>> DeleteObjects(
      const CallContext& context, const std::string& bucket,
      const std::vector<DeleteEntry>& entries);
  virtual absl::StatusOr<CopyObjectResult> CopyObject(
      const CallContext& context, const std::string& source_bucket, const std::string& source_key,
      const std::string& bucket, const std::string& key, const CopyObjectOptions& options);

  virtual absl::StatusOr<ListObjectsPage> ListObjects(const CallContext& context,
                                                      const ListObjectsRequest& request);
  virtual absl::StatusOr<ListObjectVersionsPage> ListObjectVersions(
      const CallContext& context, const ListObjectVersionsRequest& request);

  virtual absl::StatusOr<MultipartUpload> CreateMultipartUpload(
      const CallContext& context, const std::string& bucket, const std::string& key,
      const CreateMultipartUploadOptions& options);
  virtual absl::StatusOr<PartInfo> UploadPart(const CallContext& context,
                                              const MultipartUpload& upload, uint32_t part_number,
                                              const Source& source,
                                              const UploadPartOptions& options);
  virtual absl::StatusOr<ListPartsPage> ListParts(const CallContext& context,
                                                  const MultipartUpload& upload,
                                                  const ListPartsOptions& options);
  virtual absl::StatusOr<ListMultipartUploadsPage> ListMultipartUploads(
      const CallContext& context, const ListMultipartUploadsRequest& request);
  virtual absl::StatusOr<ObjectInfo> CompleteMultipartUpload(
      const CallContext& context, const MultipartUpload& upload, const std::vector<PartInfo>& parts,
      const CompleteMultipartUploadOptions& options);
  virtual absl::Status AbortMultipartUpload(const CallContext& context,
                                            const MultipartUpload& upload);

  virtual absl::StatusOr<ClusterStatus> GetClusterStatus(const CallContext& context);
  virtual absl::StatusOr<NodeChangePlan> PlanNodeChange(const CallContext& context,
                                                        const NodeChange& change);
  virtual absl::StatusOr<NodeChangePlan> ApplyNodeChange(const CallContext& context,
                                                         const NodeChange& change);
  virtual absl::StatusOr<JobList> ListJobs(const CallContext& context);
  virtual absl::StatusOr<Job> ChangeJob(const CallContext& context, JobVerb verb,
                                        const std::string& id);
  virtual absl::StatusOr<ObjectExplanation> ExplainObject(const CallContext& context,
                                                          const std::string& bucket,
                                                          const std::string& key,
                                                          const ExplainObjectOptions& options);
};

}  // namespace trebol::client
