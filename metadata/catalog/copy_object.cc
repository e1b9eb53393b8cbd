#include <string>
#include <utility>

#include "common/base/names.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/object/attributes.h"
#include "common/object/preconditions.h"
#include "common/object/tags.h"
#include "metadata/catalog/attempts.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/conditions.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/operations.h"
#include "metadata/catalog/quota.h"

namespace trebol::catalog {
namespace {

absl::Status Validate(const v1::CopyObjectCommand& command) {
  RETURN_IF_ERROR(ValidateObjectKey(command.source_key()));
  RETURN_IF_ERROR(ValidateObjectKey(command.key()));
  RETURN_IF_ERROR(ValidateReadPreconditions(command.source_preconditions()));
  RETURN_IF_ERROR(ValidateWritePreconditions(command.preconditions()));
  RETURN_IF_ERROR(ValidateAttributes(command.replace_metadata()));
  return ValidateObjectTags(command.replace_tags().tags());
}

// The new version: the bytes of the source under an id of its own.
v1::ObjectRow CopyOf(const v1::ObjectRow& source, const v1::CopyObjectCommand& command) {
  v1::ObjectRow row;
  v1::Manifest& manifest = *row.mutable_manifest();
  manifest = source.manifest();
  *manifest.mutable_data() = ToProto(extents::DataOf(source.manifest()));
  *manifest.mutable_version() = command.version();
  if (command.has_replace_metadata()) {
    const v1::Manifest& replacement = command.replace_metadata();
    manifest.set_content_type(replacement.content_type());
    *manifest.mutable_user_metadata() = replacement.user_metadata();
    manifest.clear_headers();
    if (replacement.has_headers()) *manifest.mutable_headers() = replacement.headers();
  }
  *row.mutable_tags() = command.has_replace_tags() ? command.replace_tags().tags() : source.tags();
  return row;
}

absl::StatusOr<v1::Outcome> Copy(Transaction& rows, const v1::CopyObjectCommand& command,
                                 const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  ASSIGN_OR_RETURN(const auto source_bucket,
                   buckets::FindChecked(rows, command.source_bucket(), context));
  if (!source_bucket.has_value()) {
    return operations::Failure(buckets::NotFound(command.source_bucket()));
  }
  const BucketId from(source_bucket->id());
  const BucketId to(bucket->id());
  const v1::VersionRef* version =
      command.has_source_version() ? &command.source_version() : nullptr;
  ASSIGN_OR_RETURN(const auto source,
                   objects::FindVersion(rows, from, command.source_key(), version));
  if (!source.has_value()) {
    return operations::Failure(version == nullptr
                                   ? objects::NotFound(source_bucket->name(), command.source_key())
                                   : objects::VersionNotFound(command.source_key()));
  }
  if (source->row.delete_marker()) {
    return operations::Failure(objects::IsDeleteMarker(command.source_key()));
  }
  const absl::Status unchanged = CheckCopySource(command.source_preconditions(), source->row);
  if (!unchanged.ok()) return operations::Failure(unchanged);
  ASSIGN_OR_RETURN(auto unmet, conditions::Unmet(rows, to, command.key(), command.preconditions()));
  if (unmet.has_value()) return *std::move(unmet);
  ASSIGN_OR_RETURN(auto exceeded,
                   quota::Exceeded(rows, *bucket, command.key(), source->row.manifest().size()));
  if (exceeded.has_value()) return *std::move(exceeded);

  v1::Outcome outcome;
  v1::CopyObjectOutcome& copy = *outcome.mutable_copy_object();
  *copy.mutable_source() = source->row;
  ASSIGN_OR_RETURN(*copy.mutable_object(), objects::Put(rows, *bucket, command.key(),
                                                        CopyOf(source->row, command), context));
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> CopyObject(Transaction& rows, const v1::CopyObjectCommand& command,
                                       const ApplyContext& context) {
  RETURN_IF_ERROR(Validate(command));
  const attempts::Attempt attempt{.version = VersionIdOf(command.version())};
  return attempts::Once(rows, command.operation(), v1::Outcome::kCopyObject, attempt, context,
                        [&] { return Copy(rows, command, context); });
}

}  // namespace trebol::catalog
