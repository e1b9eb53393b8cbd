#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/fence.h"
#include "metadata/catalog/garbage.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::Status Validate(const v1::PutObjectCommand& command) {
  RETURN_IF_ERROR(ValidateObjectKey(command.key()));
  return objects::ValidateManifest(command.manifest());
}

// The attempt did not become the object: its chunks are garbage.
absl::Status Abandon(Transaction& rows, const v1::Manifest& manifest, const ApplyContext& context) {
  const VersionId version = VersionIdOf(manifest.version());
  RETURN_IF_ERROR(fence::DecideAbandoned(rows, version));
  return garbage::AddKnown(rows, GarbageKind::kUnseen, version,
                           extents::ChunkCount(manifest.size(), manifest.chunk_size()),
                           manifest.size(), context);
}

// An earlier attempt of the operation was committed, or failed for good. That of this command may
// be another one, which is then given up, also after its session closed: its gateway reports it to
// the nodes as decided, and they will not offer it.
absl::Status AbandonOtherAttempt(Transaction& rows, const v1::Manifest& manifest,
                                 const ApplyContext& context) {
  const auto decision = fence::DecisionOf(rows, VersionIdOf(manifest.version()), context);
  if (!decision.ok()) return absl::OkStatus();
  if (*decision != fence::Decision::kUndecided && *decision != fence::Decision::kLeftOpen) {
    return absl::OkStatus();
  }
  return Abandon(rows, manifest, context);
}

}  // namespace

absl::StatusOr<v1::Outcome> PutObject(Transaction& rows, const v1::PutObjectCommand& command,
                                      const ApplyContext& context) {
  RETURN_IF_ERROR(Validate(command));
  ASSIGN_OR_RETURN(auto kept, operations::Kept(rows, command.operation(), v1::Outcome::kObject));
  if (kept.has_value()) {
    RETURN_IF_ERROR(AbandonOtherAttempt(rows, command.manifest(), context));
    return *std::move(kept);
  }
  const VersionId version = VersionIdOf(command.manifest().version());
  RETURN_IF_ERROR(fence::RequireUndecided(rows, version, context));

  v1::Outcome outcome;
  const BucketId bucket_id(command.bucket_id());
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindById(rows, bucket_id));
  if (!bucket.has_value()) {
    outcome = operations::Failure(buckets::NotFound(bucket_id));
    RETURN_IF_ERROR(Abandon(rows, command.manifest(), context));
  } else {
    ASSIGN_OR_RETURN(*outcome.mutable_object(),
                     objects::Put(rows, bucket_id, command.key(), command.manifest(), context));
    RETURN_IF_ERROR(fence::DecideCommitted(rows, version, command.operation()));
  }
  RETURN_IF_ERROR(operations::Keep(rows, command.operation(), outcome));
  return outcome;
}

}  // namespace trebol::catalog
