#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/tags.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<v1::Outcome> Set(Transaction& rows, const v1::SetObjectTagsCommand& command,
                                const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  const BucketId bucket_id(bucket->id());
  const v1::VersionRef* version = command.has_version() ? &command.version() : nullptr;
  ASSIGN_OR_RETURN(auto found, objects::FindVersion(rows, bucket_id, command.key(), version));
  if (!found.has_value()) {
    return operations::Failure(version == nullptr ? objects::NotFound(bucket->name(), command.key())
                                                  : objects::VersionNotFound(command.key()));
  }
  if (found->row.delete_marker()) {
    return operations::Failure(objects::IsDeleteMarker(command.key()));
  }
  RETURN_IF_ERROR(objects::SetTags(rows, bucket_id, &*found, command.tags()));
  v1::Outcome outcome;
  *outcome.mutable_object() = found->row;
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> SetObjectTags(Transaction& rows,
                                          const v1::SetObjectTagsCommand& command,
                                          const ApplyContext& context) {
  RETURN_IF_ERROR(ValidateObjectKey(command.key()));
  RETURN_IF_ERROR(ValidateObjectTags(command.tags()));
  return operations::Once(rows, command.operation(), v1::Outcome::kObject,
                          [&] { return Set(rows, command, context); });
}

}  // namespace trebol::catalog
