#include "client/connection.h"

#include "absl/strings/str_cat.h"

namespace trebol::client {
namespace {

absl::Status NotOffered(absl::string_view method) {
  return absl::UnimplementedError(absl::StrCat("this connection does not offer ", method));
}

}  // namespace

absl::StatusOr<Bucket> Connection::CreateBucket(const CallContext&, const std::string&) {
  return NotOffered("CreateBucket");
}
absl::Status Connection::DeleteBucket(const CallContext&, const std::string&) {
  return NotOffered("DeleteBucket");
}
absl::StatusOr<Bucket> Connection::HeadBucket(const CallContext&, const std::string&) {
  return NotOffered("HeadBucket");
}
absl::StatusOr<std::vector<Bucket>> Connection::ListBuckets(const CallContext&) {
  return NotOffered("ListBuckets");
}
absl::StatusOr<Bucket> Connection::SetBucketVersioning(const CallContext&, const std::string&,
                                                       Versioning) {
  return NotOffered("SetBucketVersioning");
}
absl::StatusOr<Bucket> Connection::SetBucketTags(const CallContext&, const std::string&,
                                                 const Tags&) {
  return NotOffered("SetBucketTags");
}
absl::StatusOr<AccessKey> Connection::CreateAccessKey(const CallContext&, const AccessKeyOptions&) {
  return NotOffered("CreateAccessKey");
}
absl::StatusOr<AccessKey> Connection::ImportAccessKey(const CallContext&, const std::string&,
                                                      const std::string&, const AccessKeyOptions&) {
  return NotOffered("ImportAccessKey");
}
absl::StatusOr<AccessKeyPage> Connection::ListAccessKeys(const CallContext&, const std::string&,
                                                         const std::string&) {
  return NotOffered("ListAccessKeys");
}
absl::Status Connection::DeleteAccessKey(const CallContext&, const std::string&) {
  return NotOffered("DeleteAccessKey");
}
absl::StatusOr<BucketAccess> Connection::GetBucketAccess(const CallContext&, const std::string&) {
  return NotOffered("GetBucketAccess");
}
absl::StatusOr<BucketAccess> Connection::SetBucketAccess(const CallContext&, const std::string&,
                                                         const BucketAccessChange&) {
  return NotOffered("SetBucketAccess");
}
absl::StatusOr<BucketAccess> Connection::SetBucketQuota(const CallContext&, const std::string&,
                                                        uint64_t) {
  return NotOffered("SetBucketQuota");
}
absl::StatusOr<ObjectInfo> Connection::PutObject(const CallContext&, const std::string&,
                                                 const std::string&, const Source&,
                                                 const PutObjectOptions&) {
  return NotOffered("PutObject");
}
absl::StatusOr<ObjectReader> Connection::OpenObject(const CallContext&, const std::string&,
                                                    const std::string&, const ReadObjectOptions&) {
  return NotOffered("OpenObject");
}
absl::StatusOr<ObjectInfo> Connection::HeadObject(const CallContext&, const std::string&,
                                                  const std::string&, const HeadObjectOptions&) {
  return NotOffered("HeadObject");
}
absl::StatusOr<ObjectInfo> Connection::SetObjectTags(const CallContext&, const std::string&,
                                                     const std::string&, const Tags&,
                                                     const SetObjectTagsOptions&) {
  return NotOffered("SetObjectTags");
}
absl::StatusOr<DeleteObjectResult> Connection::DeleteObject(const CallContext&, const std::string&,
                                                            const std::string&,
                                                            const DeleteObjectOptions&) {
  return NotOffered("DeleteObject");
}
absl::StatusOr<std::vector<absl::StatusOr<DeleteObjectResult>>> Connection::DeleteObjects(
    const CallContext&, const std::string&, const std::vector<DeleteEntry>&) {
  return NotOffered("DeleteObjects");
}
absl::StatusOr<CopyObjectResult> Connection::CopyObject(const CallContext&, const std::string&,
                                                        const std::string&, const std::string&,
                                                        const std::string&,
                                                        const CopyObjectOptions&) {
  return NotOffered("CopyObject");
}
absl::StatusOr<ListObjectsPage> Connection::ListObjects(const CallContext&,
                                                        const ListObjectsRequest&) {
  return NotOffered("ListObjects");
}
absl::StatusOr<ListObjectVersionsPage> Connection::ListObjectVersions(
    const CallContext&, const ListObjectVersionsRequest&) {
  return NotOffered("ListObjectVersions");
}
absl::StatusOr<MultipartUpload> Connection::CreateMultipartUpload(
    const CallContext&, const std::string&, const std::string&,
    const CreateMultipartUploadOptions&) {
  return NotOffered("CreateMultipartUpload");
}
absl::StatusOr<PartInfo> Connection::UploadPart(const CallContext&, const MultipartUpload&,
                                                uint32_t, const Source&, const UploadPartOptions&) {
  return NotOffered("UploadPart");
}
absl::StatusOr<ListPartsPage> Connection::ListParts(const CallContext&, const MultipartUpload&,
                                                    const ListPartsOptions&) {
  return NotOffered("ListParts");
}
absl::StatusOr<ListMultipartUploadsPage> Connection::ListMultipartUploads(
    const CallContext&, const ListMultipartUploadsRequest&) {
  return NotOffered("ListMultipartUploads");
}
absl::StatusOr<ObjectInfo> Connection::CompleteMultipartUpload(
    const CallContext&, const MultipartUpload&, const std::vector<PartInfo>&,
    const CompleteMultipartUploadOptions&) {
  return NotOffered("CompleteMultipartUpload");
}
absl::Status Connection::AbortMultipartUpload(const CallContext&, const MultipartUpload&) {
  return NotOffered("AbortMultipartUpload");
}
absl::StatusOr<ClusterStatus> Connection::GetClusterStatus(const CallContext&) {
  return NotOffered("GetClusterStatus");
}
absl::StatusOr<NodeChangePlan> Connection::PlanNodeChange(const CallContext&, const NodeChange&) {
  return NotOffered("PlanNodeChange");
}
absl::StatusOr<NodeChangePlan> Connection::ApplyNodeChange(const CallContext&, const NodeChange&) {
  return NotOffered("ApplyNodeChange");
}
absl::StatusOr<JobList> Connection::ListJobs(const CallContext&) { return NotOffered("ListJobs"); }
absl::StatusOr<Job> Connection::ChangeJob(const CallContext&, JobVerb, const std::string&) {
  return NotOffered("ChangeJob");
}
absl::StatusOr<ObjectExplanation> Connection::ExplainObject(const CallContext&, const std::string&,
                                                            const std::string&,
                                                            const ExplainObjectOptions&) {
  return NotOffered("ExplainObject");
}

}  // namespace trebol::client
