#include "client/internal/grpc_connection.h"
#include "client/internal/messages.h"
#include "client/internal/unary_call.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

using Objects = v1::ObjectService::Stub;

absl::StatusOr<DeleteObjectResult> FromMessage(const v1::DeleteObjectsResponse::Result& message) {
  if (message.code() == 0) return client::FromMessage(message.deleted());
  return MakeError(static_cast<absl::StatusCode>(message.code()), message.reason(),
                   message.message());
}

}  // namespace

absl::StatusOr<ObjectInfo> GrpcConnection::HeadObject(const CallContext& context,
                                                      const std::string& bucket,
                                                      const std::string& key,
                                                      const HeadObjectOptions& options) {
  v1::HeadObjectRequest request;
  request.set_bucket(bucket);
  request.set_key(key);
  request.set_version(options.version);
  SetPreconditions(options.preconditions, request);
  ASSIGN_OR_RETURN(const v1::ObjectInfo info,
                   Read(*transport_, context, &Objects::HeadObject, request));
  return client::FromMessage(info);
}

absl::StatusOr<ObjectInfo> GrpcConnection::SetObjectTags(const CallContext& context,
                                                         const std::string& bucket,
                                                         const std::string& key, const Tags& tags,
                                                         const SetObjectTagsOptions& options) {
  v1::SetObjectTagsRequest request;
  request.set_bucket(bucket);
  request.set_key(key);
  request.set_version(options.version);
  AddTags(tags, request.mutable_tags());
  ASSIGN_OR_RETURN(const v1::ObjectInfo info,
                   Write(*transport_, session_, context, &Objects::SetObjectTags, request));
  return client::FromMessage(info);
}

absl::StatusOr<DeleteObjectResult> GrpcConnection::DeleteObject(
    const CallContext& context, const std::string& bucket, const std::string& key,
    const DeleteObjectOptions& options) {
  v1::DeleteObjectRequest request;
  request.set_bucket(bucket);
  request.set_key(key);
  request.set_version(options.version);
  SetPreconditions(options.preconditions, request);
  ASSIGN_OR_RETURN(const v1::DeleteObjectResponse deleted,
                   Write(*transport_, session_, context, &Objects::DeleteObject, request));
  return client::FromMessage(deleted);
}

absl::StatusOr<std::vector<absl::StatusOr<DeleteObjectResult>>> GrpcConnection::DeleteObjects(
    const CallContext& context, const std::string& bucket,
    const std::vector<DeleteEntry>& entries) {
  v1::DeleteObjectsRequest request;
  request.set_bucket(bucket);
  for (const DeleteEntry& entry : entries) {
    v1::DeleteObjectsRequest::Entry& message = *request.add_entries();
    message.set_key(entry.key);
    message.set_version(entry.version);
    SetPreconditions(entry.preconditions, message);
  }
  ASSIGN_OR_RETURN(const v1::DeleteObjectsResponse answer,
                   Write(*transport_, session_, context, &Objects::DeleteObjects, request));
  std::vector<absl::StatusOr<DeleteObjectResult>> results;
  for (const v1::DeleteObjectsResponse::Result& result : answer.results()) {
    results.push_back(FromMessage(result));
  }
  return results;
}

absl::StatusOr<CopyObjectResult> GrpcConnection::CopyObject(
    const CallContext& context, const std::string& source_bucket, const std::string& source_key,
    const std::string& bucket, const std::string& key, const CopyObjectOptions& options) {
  v1::CopyObjectRequest request;
  request.set_source_bucket(source_bucket);
  request.set_source_key(source_key);
  request.set_source_version(options.source_version);
  if (!IsEmpty(options.source_preconditions)) {
    *request.mutable_source_preconditions() = ToMessage(options.source_preconditions);
  }
  request.set_bucket(bucket);
  request.set_key(key);
  SetPreconditions(options.preconditions, request);
  if (options.replace_metadata) {
    v1::CopyObjectRequest::Metadata& metadata = *request.mutable_replace_metadata();
    metadata.set_content_type(options.replace_metadata->content_type);
    metadata.mutable_user_metadata()->insert(options.replace_metadata->user_metadata.begin(),
                                             options.replace_metadata->user_metadata.end());
    *metadata.mutable_headers() = ToMessage(options.replace_metadata->headers);
  }
  if (options.replace_tags) {
    AddTags(*options.replace_tags, request.mutable_replace_tags()->mutable_tags());
  }
  ASSIGN_OR_RETURN(const v1::CopyObjectResponse copied,
                   Write(*transport_, session_, context, &Objects::CopyObject, request));
  return CopyObjectResult{.object = client::FromMessage(copied.object()),
                          .source_version = copied.source_version()};
}

absl::StatusOr<ListObjectsPage> GrpcConnection::ListObjects(const CallContext& context,
                                                            const ListObjectsRequest& request) {
  ASSIGN_OR_RETURN(const v1::ListObjectsResponse page,
                   Read(*transport_, context, &Objects::ListObjects, ToMessage(request)));
  return client::FromMessage(page);
}

absl::StatusOr<ListObjectVersionsPage> GrpcConnection::ListObjectVersions(
    const CallContext& context, const ListObjectVersionsRequest& request) {
  ASSIGN_OR_RETURN(const v1::ListObjectVersionsResponse page,
                   Read(*transport_, context, &Objects::ListObjectVersions, ToMessage(request)));
  return client::FromMessage(page);
}

}  // namespace trebol::client
