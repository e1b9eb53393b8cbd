#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<v1::Outcome> Delete(Transaction& rows, const std::string& name,
                                   const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, name, context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(name));
  ASSIGN_OR_RETURN(const bool empty, buckets::IsEmpty(rows, BucketId(bucket->id())));
  if (!empty) {
    return operations::Failure(
        MakeError(absl::StatusCode::kFailedPrecondition, v1::BUCKET_NOT_EMPTY,
                  absl::StrCat("the bucket '", name,
                               "' is not empty; delete the objects in it, their "
                               "versions and its unfinished multipart uploads first")));
  }
  RETURN_IF_ERROR(buckets::Remove(rows, bucket->name()));
  RETURN_IF_ERROR(AddTotals(rows, {.buckets = -1}));
  v1::Outcome outcome;
  *outcome.mutable_bucket() = *bucket;
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> DeleteBucket(Transaction& rows, const v1::DeleteBucketCommand& command,
                                         const ApplyContext& context) {
  RETURN_IF_ERROR(ValidateBucketName(command.bucket()));
  return operations::Once(rows, command.operation(), v1::Outcome::kBucket,
                          [&] { return Delete(rows, command.bucket(), context); });
}

}  // namespace trebol::catalog
