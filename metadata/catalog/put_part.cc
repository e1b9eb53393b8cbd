#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/attempts.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/operations.h"
#include "metadata/catalog/uploads.h"

namespace trebol::catalog {
namespace {

absl::Status Validate(const v1::PutPartCommand& command) {
  if (command.number() == 0 || command.number() > kMaxParts) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, v1::INVALID_PART,
        absl::StrCat("part number ", command.number(), " is not between 1 and ", kMaxParts));
  }
  if (command.manifest().has_data() || !command.manifest().parts().empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     "a part names bytes of its own");
  }
  return objects::ValidateManifest(command.manifest());
}

absl::StatusOr<v1::Outcome> Put(Transaction& rows, const v1::PutPartCommand& command,
                                const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  const BucketId bucket_id(bucket->id());
  const VersionId id = VersionIdOf(command.upload());
  ASSIGN_OR_RETURN(auto upload, uploads::Find(rows, bucket_id, command.key(), id));
  if (!upload.has_value()) return operations::Failure(uploads::NotFound(command.key(), id));
  ASSIGN_OR_RETURN(const auto replaced, uploads::FindPart(rows, id, command.number()));
  if (replaced.has_value()) {
    // No object named it.
    RETURN_IF_ERROR(extents::Release(rows, extents::DataOf(replaced->manifest()),
                                     GarbageKind::kUnseen, context));
  }
  RETURN_IF_ERROR(extents::AddReference(rows, command.manifest()));
  v1::Outcome outcome;
  v1::PartRow& part = *outcome.mutable_part()->mutable_part();
  part.set_number(command.number());
  *part.mutable_manifest() = command.manifest();
  part.mutable_manifest()->set_last_modified_us(context.time_us);
  RETURN_IF_ERROR(uploads::SavePart(rows, id, part));
  upload->set_revision(upload->revision() + 1);
  RETURN_IF_ERROR(uploads::Save(rows, bucket_id, *upload));
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> PutPart(Transaction& rows, const v1::PutPartCommand& command,
                                    const ApplyContext& context) {
  RETURN_IF_ERROR(Validate(command));
  return attempts::Once(rows, command.operation(), v1::Outcome::kPart,
                        attempts::AttemptOf(command.manifest()), context,
                        [&] { return Put(rows, command, context); });
}

}  // namespace trebol::catalog
