#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/access.h"
#include "client/cluster_status.h"
#include "client/connection.h"
#include "client/error_reason.h"
#include "client/file_transfer.h"
#include "client/listing.h"
#include "client/multipart.h"
#include "client/object_options.h"
#include "client/object_reader.h"
#include "client/types.h"

namespace trebol::client {

struct ClientOptions {
  /// The gRPC port of a gateway, host:port.
  std::string endpoint = "127.0.0.1:9100";
  /// The key that calls are signed with. Both empty: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of
  /// the environment, if they are set; without them calls are anonymous, which few buckets allow.
  std::string access_key_id;
  std::string secret_access_key;
  /// For a call that is not a transfer, all its attempts together.
  absl::Duration timeout = absl::Seconds(10);
  /// A transfer that moves nothing for this long is given up.
  absl::Duration idle_timeout = absl::Seconds(60);
  /// One TCP connection feeds about one core; parallel calls are spread over these.
  int connections = 2;
  /// Tries of one call, the first included. A budget bounds the retries of the whole client too:
  /// twenty at once, and one more for every ten calls that succeed. Tries that found no connection
  /// do not count in it.
  int max_attempts = 4;
  /// A stop request cancels every call of this client and its copies; they end with CANCELLED.
  std::stop_token stop;
};

/// The object store as a C++ program sees it. A value: copies share the connections. Thread-safe.
///
/// Errors are canonical codes with a typed reason (error_reason.h). Calls are repeated after
/// UNAVAILABLE, DEADLINE_EXCEEDED and broken connections, as far as time, attempts and budget go.
/// That is safe for writes too: all attempts of a call carry one operation id, and whatever gateway
/// they reach, the call takes effect once. The ids come from a session that the first write opens,
/// a thread renews, and the end of the last copy closes (it waits a second for that at most).
/// Clients without a key get no session: of theirs only reads are repeated.
///
/// A write that ends with UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN or INTERNAL may have
/// taken effect or not; every other error says that it has not.
class Client {
 public:
  /// Checks the form of the options only; the first call connects. INVALID_ARGUMENT, also for one
  /// half of a key without the other.
  static absl::StatusOr<Client> Create(ClientOptions options);
  /// Over a connection of the caller's: how programs that use a Client are tested.
  explicit Client(std::shared_ptr<Connection> connection, CallContext context = {});

  /// A copy with another timeout, for calls that are known to take longer or must not.
  Client WithTimeout(absl::Duration timeout) const;
  /// A copy whose calls end with `stop`, and no longer with the one it had.
  Client WithStop(std::stop_token stop) const;

  /// ALREADY_EXISTS, INVALID_ARGUMENT for a bad name.
  absl::StatusOr<Bucket> CreateBucket(const std::string& bucket) const;
  /// NOT_FOUND; FAILED_PRECONDITION for one that is not empty: objects, versions, uploads.
  absl::Status DeleteBucket(const std::string& bucket) const;
  absl::StatusOr<Bucket> HeadBucket(const std::string& bucket) const;
  absl::StatusOr<std::vector<Bucket>> ListBuckets() const;
  /// A bucket is never unversioned again once it was enabled.
  absl::StatusOr<Bucket> SetBucketVersioning(const std::string& bucket,
                                             Versioning versioning) const;
  /// Instead of those it has; none takes them away.
  absl::StatusOr<Bucket> SetBucketTags(const std::string& bucket, const Tags& tags) const;

  /// With a secret that is shown this once.
  absl::StatusOr<AccessKey> CreateAccessKey(const AccessKeyOptions& options = {}) const;
  /// A key that clients have already. ALREADY_EXISTS with ACCESS_KEY_EXISTS if its id has another
  /// secret or user; INVALID_ARGUMENT with INVALID_ACCESS_KEY.
  absl::StatusOr<AccessKey> ImportAccessKey(const std::string& id, const std::string& secret,
                                            const AccessKeyOptions& options = {}) const;
  /// All of them, or a user's, by id, without their secrets.
  absl::StatusOr<std::vector<AccessKey>> ListAccessKeys(const std::string& user = "") const;
  /// NOT_FOUND; FAILED_PRECONDITION for that of root. Gateways may accept it a while longer.
  absl::Status DeleteAccessKey(const std::string& id) const;

  absl::StatusOr<BucketAccess> GetBucketAccess(const std::string& bucket) const;
  absl::StatusOr<BucketAccess> SetBucketAccess(const std::string& bucket,
                                               const BucketAccessChange& change) const;
  /// Bytes of all versions; 0: none. Writes that would pass it fail with RESOURCE_EXHAUSTED and
  /// QUOTA_EXCEEDED.
  absl::StatusOr<BucketAccess> SetBucketQuota(const std::string& bucket,
                                              uint64_t quota_bytes) const;

  /// Streams `source` to its end. OK means: every byte is durable on a quorum of nodes and the
  /// CRC32C of what is stored is that of what was sent. The object appears whole or not at all.
  /// Holds two pieces of 1 MiB at most.
  absl::StatusOr<ObjectInfo> PutObject(const std::string& bucket, const std::string& key,
                                       const Source& source,
                                       const PutObjectOptions& options = {}) const;
  /// The same of bytes in memory, which stay the caller's. Can always be repeated.
  absl::StatusOr<ObjectInfo> PutObject(const std::string& bucket, const std::string& key,
                                       absl::string_view bytes,
                                       const PutObjectOptions& options = {}) const;

  /// Starts a read; returns when the first bytes are there. NOT_FOUND, OUT_OF_RANGE, and those of
  /// preconditions.
  absl::StatusOr<ObjectReader> OpenObject(const std::string& bucket, const std::string& key,
                                          const ReadObjectOptions& options = {}) const;
  /// OpenObject and everything it gives, into `sink`. What the sink got before an error is a
  /// correct beginning only if the error is not DATA_LOSS.
  absl::StatusOr<ObjectInfo> GetObject(const std::string& bucket, const std::string& key,
                                       const Sink& sink,
                                       const ReadObjectOptions& options = {}) const;
  absl::StatusOr<ObjectInfo> HeadObject(const std::string& bucket, const std::string& key,
                                        const HeadObjectOptions& options = {}) const;
  /// Instead of those it has; none takes them away.
  absl::StatusOr<ObjectInfo> SetObjectTags(const std::string& bucket, const std::string& key,
                                           const Tags& tags,
                                           const SetObjectTagsOptions& options = {}) const;
  /// Deleting what does not exist is no error.
  absl::StatusOr<DeleteObjectResult> DeleteObject(const std::string& bucket, const std::string& key,
                                                  const DeleteObjectOptions& options = {}) const;
  /// Any number, in order, 1,000 a call: one result for each entry. After a call that failed the
  /// rest is not tried and has its error.
  std::vector<absl::StatusOr<DeleteObjectResult>> DeleteObjects(
      const std::string& bucket, const std::vector<DeleteEntry>& entries) const;
  /// At the server, in constant time whatever the size. With the same source and destination it
  /// replaces the metadata.
  absl::StatusOr<CopyObjectResult> CopyObject(const std::string& source_bucket,
                                              const std::string& source_key,
                                              const std::string& bucket, const std::string& key,
                                              const CopyObjectOptions& options = {}) const;

  absl::StatusOr<ListObjectsPage> ListObjects(const ListObjectsRequest& request) const;
  absl::StatusOr<ListObjectVersionsPage> ListObjectVersions(
      const ListObjectVersionsRequest& request) const;
  /// Every page from the request's place to the last; ends at the first error of `take`.
  absl::Status ForEachPage(ListObjectsRequest request,
                           const std::function<absl::Status(const ListObjectsPage&)>& take) const;
  absl::Status ForEachPage(
      ListObjectVersionsRequest request,
      const std::function<absl::Status(const ListObjectVersionsPage&)>& take) const;
  absl::Status ForEachPage(
      ListMultipartUploadsRequest request,
      const std::function<absl::Status(const ListMultipartUploadsPage&)>& take) const;

  /// A file, whole or not at all: in one put, or above a threshold in parts, several at a time and
  /// each repeated on its own. FAILED_PRECONDITION if the file changes meanwhile. Memory: 5 MiB for
  /// each part on its way. A failed upload names its id if it stays.
  absl::StatusOr<ObjectInfo> UploadFile(const std::string& path, const std::string& bucket,
                                        const std::string& key,
                                        const UploadFileOptions& options = {}) const;
  /// Ranges of one version, several at a time, into a temporary name beside `path`; the CRC32C of
  /// the whole is compared before the file gets its name and what was there is replaced. ABORTED if
  /// the version is gone meanwhile, DATA_LOSS. Memory: 5 MiB for each range on its way.
  absl::StatusOr<ObjectInfo> DownloadFile(const std::string& bucket, const std::string& key,
                                          const std::string& path,
                                          const DownloadFileOptions& options = {}) const;

  // The steps of a multipart upload, for who moves something else than a file. NOT_FOUND with
  // UPLOAD_NOT_FOUND for one that was completed or aborted.
  absl::StatusOr<MultipartUpload> CreateMultipartUpload(
      const std::string& bucket, const std::string& key,
      const CreateMultipartUploadOptions& options = {}) const;
  /// A part that is there already is replaced. Otherwise as PutObject.
  absl::StatusOr<PartInfo> UploadPart(const MultipartUpload& upload, uint32_t part_number,
                                      const Source& source,
                                      const UploadPartOptions& options = {}) const;
  absl::StatusOr<ListPartsPage> ListParts(const MultipartUpload& upload,
                                          const ListPartsOptions& options = {}) const;
  absl::StatusOr<ListMultipartUploadsPage> ListMultipartUploads(
      const ListMultipartUploadsRequest& request) const;
  /// `parts` as UploadPart answered, in ascending order; others are dropped.
  absl::StatusOr<ObjectInfo> CompleteMultipartUpload(
      const MultipartUpload& upload, const std::vector<PartInfo>& parts,
      const CompleteMultipartUploadOptions& options = {}) const;
  absl::Status AbortMultipartUpload(const MultipartUpload& upload) const;

  // For operators.
  absl::StatusOr<ClusterStatus> GetClusterStatus() const;
  /// What a change of storage nodes would move. Changes nothing.
  absl::StatusOr<NodeChangePlan> PlanNodeChange(const NodeChange& change) const;
  /// Begins the change; what it moves is seen in the status. Idempotent. FAILED_PRECONDITION with
  /// CHANGE_REFUSED for one that would cost safety, NOT_FOUND with NODE_NOT_FOUND.
  absl::StatusOr<NodeChangePlan> ApplyNodeChange(const NodeChange& change) const;
  absl::StatusOr<JobList> ListJobs() const;
  /// Gives the job as it is then. Idempotent but for kStart. NOT_FOUND with JOB_NOT_FOUND,
  /// FAILED_PRECONDITION with CHANGE_REFUSED for what such a job cannot do.
  absl::StatusOr<Job> ChangeJob(JobVerb verb, const std::string& id) const;
  /// Where an object's bytes are and whether they are safe: a page of its chunks, as the storage
  /// nodes have them now. NOT_FOUND; OUT_OF_RANGE for an offset beyond the end.
  absl::StatusOr<ObjectExplanation> ExplainObject(const std::string& bucket, const std::string& key,
                                                  const ExplainObjectOptions& options = {}) const;

 private:
  std::shared_ptr<Connection> connection_;
  CallContext context_;
};

}  // namespace trebol::client
