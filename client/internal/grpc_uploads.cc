#include <string>
#include <utility>

#include "client/internal/grpc_connection.h"
#include "client/internal/messages.h"
#include "client/internal/upload_stream.h"
#include "common/base/status_macros.h"

namespace trebol::client {

absl::StatusOr<ObjectInfo> GrpcConnection::PutObject(const CallContext& context,
                                                     const std::string& bucket,
                                                     const std::string& key, const Source& source,
                                                     const PutObjectOptions& options) {
  v1::PutObjectRequest::Header header;
  header.set_bucket(bucket);
  header.set_key(key);
  header.set_content_type(options.content_type);
  header.mutable_user_metadata()->insert(options.user_metadata.begin(),
                                         options.user_metadata.end());
  if (options.content_length) header.set_content_length(*options.content_length);
  SetPreconditions(options.preconditions, header);
  SetHeaders(options.headers, header);
  AddTags(options.tags, header.mutable_tags());
  AddChecksums(options.checksums, header.mutable_checksums());
  UploadBody body{.source = source, .rewind = options.rewind, .size = options.content_length};
  ASSIGN_OR_RETURN(
      const v1::ObjectInfo info,
      (UploadStream<v1::PutObjectRequest, v1::ObjectInfo>(
           *transport_, session_, context, "/trebol.v1.ObjectService/PutObject", std::move(body))
           .Run(std::move(header))));
  return FromMessage(info);
}

absl::StatusOr<PartInfo> GrpcConnection::UploadPart(const CallContext& context,
                                                    const MultipartUpload& upload,
                                                    uint32_t part_number, const Source& source,
                                                    const UploadPartOptions& options) {
  v1::UploadPartRequest::Header header;
  header.set_bucket(upload.bucket);
  header.set_key(upload.key);
  header.set_upload_id(upload.upload_id);
  header.set_part_number(part_number);
  if (options.content_length) header.set_content_length(*options.content_length);
  AddChecksums(options.checksums, header.mutable_checksums());
  UploadBody body{.source = source, .rewind = options.rewind, .size = options.content_length};
  ASSIGN_OR_RETURN(
      const v1::PartInfo info,
      (UploadStream<v1::UploadPartRequest, v1::PartInfo>(
           *transport_, session_, context, "/trebol.v1.ObjectService/UploadPart", std::move(body))
           .Run(std::move(header))));
  return FromMessage(info);
}

}  // namespace trebol::client
