#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<v1::Outcome> Set(Transaction& rows, const v1::SetBucketQuotaCommand& command,
                                const ApplyContext& context) {
  ASSIGN_OR_RETURN(auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  bucket->set_quota_bytes(command.quota_bytes());
  RETURN_IF_ERROR(buckets::Put(rows, *bucket));
  v1::Outcome outcome;
  *outcome.mutable_bucket() = *std::move(bucket);
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> SetBucketQuota(Transaction& rows,
                                           const v1::SetBucketQuotaCommand& command,
                                           const ApplyContext& context) {
  RETURN_IF_ERROR(ValidateBucketName(command.bucket()));
  return operations::Once(rows, command.operation(), v1::Outcome::kBucket,
                          [&] { return Set(rows, command, context); });
}

}  // namespace trebol::catalog
