#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<v1::Outcome> Set(Transaction& rows, const v1::SetBucketVersioningCommand& command,
                                const ApplyContext& context) {
  ASSIGN_OR_RETURN(auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  if (command.versioning() == v1::Bucket::UNVERSIONED &&
      bucket->versioning() != v1::Bucket::UNVERSIONED) {
    // Older versions would be out of reach.
    return operations::Failure(
        MakeError(absl::StatusCode::kFailedPrecondition, v1::INVALID_ARGUMENT,
                  absl::StrCat("versioning of the bucket '", command.bucket(),
                               "' was enabled once and can only be suspended")));
  }
  bucket->set_versioning(command.versioning());
  RETURN_IF_ERROR(buckets::Put(rows, *bucket));
  v1::Outcome outcome;
  *outcome.mutable_bucket() = *std::move(bucket);
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> SetBucketVersioning(Transaction& rows,
                                                const v1::SetBucketVersioningCommand& command,
                                                const ApplyContext& context) {
  RETURN_IF_ERROR(ValidateBucketName(command.bucket()));
  if (!v1::Bucket::Versioning_IsValid(command.versioning())) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat("there is no versioning ", command.versioning()));
  }
  return operations::Once(rows, command.operation(), v1::Outcome::kBucket,
                          [&] { return Set(rows, command, context); });
}

}  // namespace trebol::catalog
