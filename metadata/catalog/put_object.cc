#include <utility>

#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/preconditions.h"
#include "common/object/tags.h"
#include "metadata/catalog/attempts.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/conditions.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/operations.h"
#include "metadata/catalog/quota.h"

namespace trebol::catalog {
namespace {

absl::Status Validate(const v1::PutObjectCommand& command) {
  RETURN_IF_ERROR(ValidateObjectKey(command.key()));
  RETURN_IF_ERROR(ValidateObjectTags(command.tags()));
  RETURN_IF_ERROR(ValidateWritePreconditions(command.preconditions()));
  if (command.manifest().has_data() || !command.manifest().parts().empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     "a put names bytes of its own; copies and uploads have other commands");
  }
  return objects::ValidateManifest(command.manifest());
}

absl::StatusOr<v1::Outcome> Put(Transaction& rows, const v1::PutObjectCommand& command,
                                const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  const BucketId bucket_id(bucket->id());
  ASSIGN_OR_RETURN(auto unmet,
                   conditions::Unmet(rows, bucket_id, command.key(), command.preconditions()));
  if (unmet.has_value()) return *std::move(unmet);
  ASSIGN_OR_RETURN(auto exceeded,
                   quota::Exceeded(rows, *bucket, command.key(), command.manifest().size()));
  if (exceeded.has_value()) return *std::move(exceeded);
  v1::ObjectRow row;
  *row.mutable_manifest() = command.manifest();
  *row.mutable_tags() = command.tags();
  v1::Outcome outcome;
  ASSIGN_OR_RETURN(*outcome.mutable_object(),
                   objects::Put(rows, *bucket, command.key(), std::move(row), context));
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> PutObject(Transaction& rows, const v1::PutObjectCommand& command,
                                      const ApplyContext& context) {
  RETURN_IF_ERROR(Validate(command));
  return attempts::Once(rows, command.operation(), v1::Outcome::kObject,
                        attempts::AttemptOf(command.manifest()), context,
                        [&] { return Put(rows, command, context); });
}

}  // namespace trebol::catalog
