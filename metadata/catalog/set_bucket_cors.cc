#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/cors_rules.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<v1::Outcome> Set(Transaction& rows, const v1::SetBucketCorsCommand& command,
                                const ApplyContext& context) {
  ASSIGN_OR_RETURN(auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  *bucket->mutable_cors() = command.rules();
  RETURN_IF_ERROR(buckets::Put(rows, *bucket));
  v1::Outcome outcome;
  *outcome.mutable_bucket() = *std::move(bucket);
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> SetBucketCors(Transaction& rows,
                                          const v1::SetBucketCorsCommand& command,
                                          const ApplyContext& context) {
  RETURN_IF_ERROR(ValidateBucketName(command.bucket()));
  RETURN_IF_ERROR(ValidateCorsRules(command.rules()));
  return operations::Once(rows, command.operation(), v1::Outcome::kBucket,
                          [&] { return Set(rows, command, context); });
}

}  // namespace trebol::catalog
