#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/planted.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/object/preconditions.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/conditions.h"
#include "metadata/catalog/garbage.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/operations.h"
#include "metadata/catalog/quota.h"
#include "metadata/catalog/uploads.h"

namespace trebol::catalog {
namespace {

absl::Status Validate(const v1::CompleteUploadCommand& command) {
  const v1::Manifest& manifest = command.manifest();
  if (manifest.parts().empty() || manifest.has_data() ||
      VersionIdOf(manifest.version()) != VersionIdOf(command.upload())) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     "what an upload becomes names the upload and its parts");
  }
  RETURN_IF_ERROR(ValidateWritePreconditions(command.preconditions()));
  return objects::ValidateManifest(manifest);
}

// A repeat by a caller without an operation id, or after its outcome was forgotten.
absl::StatusOr<v1::Outcome> WasCompleted(const RowReader& rows, BucketId bucket,
                                         const v1::CompleteUploadCommand& command) {
  const VersionId id = VersionIdOf(command.upload());
  ASSIGN_OR_RETURN(const auto completed, uploads::FindCompleted(rows, bucket, command.key(), id));
  if (!completed.has_value()) return operations::Failure(uploads::NotFound(command.key(), id));
  if (completed->object().manifest().parts() != command.manifest().parts()) {
    return operations::Failure(MakeError(absl::StatusCode::kFailedPrecondition,
                                         v1::INVALID_UPLOAD_STATE,
                                         absl::StrCat("the multipart upload ", ToString(id),
                                                      " was completed before, with other parts")));
  }
  v1::Outcome outcome;
  *outcome.mutable_object() = completed->object();
  return outcome;
}

// Attributes are those that the upload was created with.
v1::ObjectRow ObjectOf(const v1::UploadRow& upload, const v1::CompleteUploadCommand& command) {
  v1::ObjectRow row;
  v1::Manifest& manifest = *row.mutable_manifest();
  manifest = command.manifest();
  manifest.set_content_type(upload.manifest().content_type());
  *manifest.mutable_user_metadata() = upload.manifest().user_metadata();
  manifest.clear_headers();
  if (upload.manifest().has_headers()) *manifest.mutable_headers() = upload.manifest().headers();
  *row.mutable_tags() = upload.tags();
  return row;
}

absl::StatusOr<v1::Outcome> Complete(Transaction& rows, const v1::CompleteUploadCommand& command,
                                     const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  const BucketId bucket_id(bucket->id());
  const VersionId id = VersionIdOf(command.upload());
  ASSIGN_OR_RETURN(const auto upload, uploads::Find(rows, bucket_id, command.key(), id));
  if (!upload.has_value()) return WasCompleted(rows, bucket_id, command);
  if (upload->revision() != command.revision() && !Planted("catalog.complete_any_revision")) {
    // Not decided: the gateway checks the parts again.
    return MakeError(absl::StatusCode::kAborted, v1::UPLOAD_CHANGED,
                     absl::StrCat("a part of the multipart upload ", ToString(id),
                                  " came while it was completed; repeat the call"));
  }
  ASSIGN_OR_RETURN(auto unmet,
                   conditions::Unmet(rows, bucket_id, command.key(), command.preconditions()));
  if (unmet.has_value()) return *std::move(unmet);
  ASSIGN_OR_RETURN(auto exceeded,
                   quota::Exceeded(rows, *bucket, command.key(), command.manifest().size()));
  if (exceeded.has_value()) return *std::move(exceeded);

  v1::Outcome outcome;
  ASSIGN_OR_RETURN(*outcome.mutable_object(),
                   objects::Put(rows, *bucket, command.key(), ObjectOf(*upload, command), context));
  RETURN_IF_ERROR(uploads::Remove(rows, bucket_id, command.key(), id));
  RETURN_IF_ERROR(AddTotals(rows, {.uploads = -1}));
  RETURN_IF_ERROR(uploads::SaveCompleted(rows, id, bucket_id, outcome.object()));
  // Parts that were not listed: whether there are any shows when they are looked for.
  RETURN_IF_ERROR(garbage::AddUpload(rows, GarbageKind::kUnseen, id, v1::GarbageRow::UNLISTED_PARTS,
                                     command.manifest().parts(),
                                     /*bytes=*/0, context));
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> CompleteUpload(Transaction& rows,
                                           const v1::CompleteUploadCommand& command,
                                           const ApplyContext& context) {
  RETURN_IF_ERROR(Validate(command));
  return operations::Once(rows, command.operation(), v1::Outcome::kObject,
                          [&] { return Complete(rows, command, context); });
}

}  // namespace trebol::catalog
