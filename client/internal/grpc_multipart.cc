#include "client/internal/grpc_connection.h"
#include "client/internal/messages.h"
#include "client/internal/unary_call.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

using Objects = v1::ObjectService::Stub;

template <typename Message>
void SetUpload(const MultipartUpload& upload, Message& message) {
  message.set_bucket(upload.bucket);
  message.set_key(upload.key);
  message.set_upload_id(upload.upload_id);
}

}  // namespace

absl::StatusOr<MultipartUpload> GrpcConnection::CreateMultipartUpload(
    const CallContext& context, const std::string& bucket, const std::string& key,
    const CreateMultipartUploadOptions& options) {
  v1::CreateMultipartUploadRequest request;
  request.set_bucket(bucket);
  request.set_key(key);
  request.set_content_type(options.content_type);
  request.mutable_user_metadata()->insert(options.user_metadata.begin(),
                                          options.user_metadata.end());
  SetHeaders(options.headers, request);
  AddTags(options.tags, request.mutable_tags());
  for (const ChecksumAlgorithm algorithm : options.checksums) {
    request.add_checksums(static_cast<v1::Checksum::Algorithm>(algorithm));
  }
  ASSIGN_OR_RETURN(const v1::MultipartUpload created,
                   Write(*transport_, session_, context, &Objects::CreateMultipartUpload, request));
  return FromMessage(created);
}

absl::StatusOr<ListPartsPage> GrpcConnection::ListParts(const CallContext& context,
                                                        const MultipartUpload& upload,
                                                        const ListPartsOptions& options) {
  v1::ListPartsRequest request;
  SetUpload(upload, request);
  request.set_start_after(options.start_after);
  request.set_page_size(options.page_size);
  ASSIGN_OR_RETURN(const v1::ListPartsResponse page,
                   Read(*transport_, context, &Objects::ListParts, request));
  return FromMessage(page);
}

absl::StatusOr<ListMultipartUploadsPage> GrpcConnection::ListMultipartUploads(
    const CallContext& context, const ListMultipartUploadsRequest& request) {
  ASSIGN_OR_RETURN(const v1::ListMultipartUploadsResponse page,
                   Read(*transport_, context, &Objects::ListMultipartUploads, ToMessage(request)));
  return FromMessage(page);
}

absl::StatusOr<ObjectInfo> GrpcConnection::CompleteMultipartUpload(
    const CallContext& context, const MultipartUpload& upload, const std::vector<PartInfo>& parts,
    const CompleteMultipartUploadOptions& options) {
  v1::CompleteMultipartUploadRequest request;
  SetUpload(upload, request);
  for (const PartInfo& part : parts) {
    v1::CompleteMultipartUploadRequest::Part& message = *request.add_parts();
    message.set_part_number(part.part_number);
    message.set_etag(part.etag);
    AddChecksums(part.checksums, message.mutable_checksums());
  }
  SetPreconditions(options.preconditions, request);
  if (options.size) request.set_size(*options.size);
  AddChecksums(options.checksums, request.mutable_checksums());
  ASSIGN_OR_RETURN(const v1::ObjectInfo info, Write(*transport_, session_, context,
                                                    &Objects::CompleteMultipartUpload, request));
  return FromMessage(info);
}

absl::Status GrpcConnection::AbortMultipartUpload(const CallContext& context,
                                                  const MultipartUpload& upload) {
  v1::AbortMultipartUploadRequest request;
  SetUpload(upload, request);
  return Write(*transport_, session_, context, &Objects::AbortMultipartUpload, request).status();
}

}  // namespace trebol::client
