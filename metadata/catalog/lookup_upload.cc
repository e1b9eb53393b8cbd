#include "common/base/names.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/reads.h"
#include "metadata/catalog/uploads.h"

namespace trebol::catalog {

absl::StatusOr<v1::LookupUploadResponse> LookupUpload(const RowReader& rows,
                                                      const v1::LookupUploadRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  RETURN_IF_ERROR(ValidateObjectKey(request.key()));
  ASSIGN_OR_RETURN(const auto bucket, buckets::Find(rows, request.bucket()));
  if (!bucket.has_value()) return buckets::NotFound(request.bucket());
  const BucketId id(bucket->id());
  const VersionId upload_id = VersionIdOf(request.upload());
  v1::LookupUploadResponse response;
  ASSIGN_OR_RETURN(*response.mutable_head(), ReadHead(rows));
  ASSIGN_OR_RETURN(auto upload, uploads::Find(rows, id, request.key(), upload_id));
  if (upload.has_value()) {
    *response.mutable_upload() = *std::move(upload);
    return response;
  }
  ASSIGN_OR_RETURN(auto completed, uploads::FindCompleted(rows, id, request.key(), upload_id));
  if (!completed.has_value()) return uploads::NotFound(request.key(), upload_id);
  *response.mutable_completed() = std::move(*completed->mutable_object());
  return response;
}

}  // namespace trebol::catalog
