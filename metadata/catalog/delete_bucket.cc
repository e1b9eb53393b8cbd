#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"
#include "metadata/catalog/uploads.h"

namespace trebol::catalog {
namespace {

// Unfinished uploads that one command aborts: a few milliseconds.
constexpr size_t kMostUploads = 250;

v1::Outcome NotEmpty(const std::string& name, absl::string_view remedy) {
  return operations::Failure(
      MakeError(absl::StatusCode::kFailedPrecondition, v1::BUCKET_NOT_EMPTY,
                absl::StrCat("the bucket '", name, "' is not empty; ", remedy, " first")));
}

absl::Status AbortAll(Transaction& rows, BucketId bucket, const std::vector<uploads::Place>& all,
                      const ApplyContext& context) {
  for (const uploads::Place& each : all) {
    RETURN_IF_ERROR(uploads::Abort(rows, bucket, each.key, each.upload, context));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Outcome> Delete(Transaction& rows, const v1::DeleteBucketCommand& command,
                                   const ApplyContext& context) {
  const std::string& name = command.bucket();
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, name, context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(name));
  const BucketId id(bucket->id());
  ASSIGN_OR_RETURN(const bool empty, buckets::HasNoObject(rows, id));
  ASSIGN_OR_RETURN(const auto unfinished, uploads::OfBucket(rows, id, kMostUploads + 1));
  if (!empty || (!unfinished.empty() && !command.with_uploads())) {
    return NotEmpty(
        name, "delete the objects in it, their versions and its unfinished multipart uploads");
  }
  if (unfinished.size() > kMostUploads) {
    return NotEmpty(name,
                    absl::StrCat("abort its unfinished multipart uploads, which are more than ",
                                 kMostUploads, ","));
  }
  RETURN_IF_ERROR(AbortAll(rows, id, unfinished, context));
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
                          [&] { return Delete(rows, command, context); });
}

}  // namespace trebol::catalog
