#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"
#include "metadata/catalog/uploads.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<v1::Outcome> Abort(Transaction& rows, const v1::AbortUploadCommand& command,
                                  const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  const BucketId bucket_id(bucket->id());
  const VersionId id = VersionIdOf(command.upload());
  ASSIGN_OR_RETURN(const auto upload, uploads::Find(rows, bucket_id, command.key(), id));
  if (!upload.has_value()) return operations::Failure(uploads::NotFound(command.key(), id));
  RETURN_IF_ERROR(uploads::Abort(rows, bucket_id, command.key(), id, context));
  v1::Outcome outcome;
  outcome.mutable_abort_upload();
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> AbortUpload(Transaction& rows, const v1::AbortUploadCommand& command,
                                        const ApplyContext& context) {
  return operations::Once(rows, command.operation(), v1::Outcome::kAbortUpload,
                          [&] { return Abort(rows, command, context); });
}

}  // namespace trebol::catalog
