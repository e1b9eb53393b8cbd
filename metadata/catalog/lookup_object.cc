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
  ASSIGN_OR_RETURN(auto object, objects::Find(rows, BucketId(bucket->id()), request.key()));
  if (!object.has_value()) return objects::NotFound(request.bucket(), request.key());
  v1::LookupObjectResponse response;
  *response.mutable_object() = *std::move(object);
  ASSIGN_OR_RETURN(*response.mutable_head(), ReadHead(rows));
  return response;
}

}  // namespace trebol::catalog
