#include "client/internal/grpc_connection.h"
#include "client/internal/messages.h"
#include "client/internal/unary_call.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

using Objects = v1::ObjectService::Stub;

}  // namespace

GrpcConnection::GrpcConnection(const ClientOptions& options)
    : transport_(std::make_shared<Transport>(options)), session_(transport_) {}

absl::StatusOr<Bucket> GrpcConnection::CreateBucket(const CallContext& context,
                                                    const std::string& bucket) {
  v1::CreateBucketRequest request;
  request.set_bucket(bucket);
  ASSIGN_OR_RETURN(const v1::Bucket created,
                   Write(*transport_, session_, context, &Objects::CreateBucket, request));
  return FromMessage(created);
}

absl::Status GrpcConnection::DeleteBucket(const CallContext& context, const std::string& bucket) {
  v1::DeleteBucketRequest request;
  request.set_bucket(bucket);
  return Write(*transport_, session_, context, &Objects::DeleteBucket, request).status();
}

absl::StatusOr<Bucket> GrpcConnection::HeadBucket(const CallContext& context,
                                                  const std::string& bucket) {
  v1::HeadBucketRequest request;
  request.set_bucket(bucket);
  ASSIGN_OR_RETURN(const v1::Bucket found,
                   Read(*transport_, context, &Objects::HeadBucket, request));
  return FromMessage(found);
}

absl::StatusOr<std::vector<Bucket>> GrpcConnection::ListBuckets(const CallContext& context) {
  ASSIGN_OR_RETURN(const v1::ListBucketsResponse listed,
                   Read(*transport_, context, &Objects::ListBuckets, v1::ListBucketsRequest()));
  std::vector<Bucket> buckets;
  for (const v1::Bucket& bucket : listed.buckets()) buckets.push_back(FromMessage(bucket));
  return buckets;
}

absl::StatusOr<Bucket> GrpcConnection::SetBucketVersioning(const CallContext& context,
                                                           const std::string& bucket,
                                                           Versioning versioning) {
  v1::SetBucketVersioningRequest request;
  request.set_bucket(bucket);
  request.set_versioning(static_cast<v1::Bucket::Versioning>(versioning));
  ASSIGN_OR_RETURN(const v1::Bucket changed,
                   Write(*transport_, session_, context, &Objects::SetBucketVersioning, request));
  return FromMessage(changed);
}

absl::StatusOr<Bucket> GrpcConnection::SetBucketTags(const CallContext& context,
                                                     const std::string& bucket, const Tags& tags) {
  v1::SetBucketTagsRequest request;
  request.set_bucket(bucket);
  AddTags(tags, request.mutable_tags());
  ASSIGN_OR_RETURN(const v1::Bucket changed,
                   Write(*transport_, session_, context, &Objects::SetBucketTags, request));
  return FromMessage(changed);
}

absl::StatusOr<ClusterStatus> GrpcConnection::GetClusterStatus(const CallContext& context) {
  ASSIGN_OR_RETURN(const v1::ClusterStatus status,
                   Read(*transport_, context, &v1::AdminService::Stub::GetClusterStatus,
                        v1::GetClusterStatusRequest()));
  return FromMessage(status);
}

}  // namespace trebol::client
