#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/reads.h"
#include "metadata/catalog/usage.h"

namespace trebol::catalog {

absl::StatusOr<v1::LookupBucketResponse> LookupBucket(const RowReader& rows,
                                                      const v1::LookupBucketRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  ASSIGN_OR_RETURN(auto bucket, buckets::Find(rows, request.bucket()));
  if (!bucket.has_value()) return buckets::NotFound(request.bucket());
  v1::LookupBucketResponse response;
  ASSIGN_OR_RETURN(*response.mutable_usage(), usage::Get(rows, BucketId(bucket->id())));
  *response.mutable_bucket() = *std::move(bucket);
  ASSIGN_OR_RETURN(*response.mutable_head(), ReadHead(rows));
  return response;
}

}  // namespace trebol::catalog
