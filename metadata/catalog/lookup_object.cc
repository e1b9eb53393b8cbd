#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/reads.h"

namespace trebol::catalog {

absl::StatusOr<v1::LookupObjectResponse> LookupObject(const RowReader& rows,
                                                      const v1::LookupObjectRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  RETURN_IF_ERROR(ValidateObjectKey(request.key()));
  ASSIGN_OR_RETURN(const auto bucket, buckets::Find(rows, request.bucket()));
  if (!bucket.has_value()) return buckets::NotFound(request.bucket());
  const v1::VersionRef* version = request.has_version() ? &request.version() : nullptr;
  ASSIGN_OR_RETURN(auto found,
                   objects::FindVersion(rows, BucketId(bucket->id()), request.key(), version));
  if (!found.has_value()) {
    return version == nullptr ? objects::NotFound(request.bucket(), request.key())
                              : objects::VersionNotFound(request.key());
  }
  v1::LookupObjectResponse response;
  *response.mutable_object() = std::move(found->row);
  response.set_latest(found->latest);
  ASSIGN_OR_RETURN(*response.mutable_head(), ReadHead(rows));
  return response;
}

}  // namespace trebol::catalog
