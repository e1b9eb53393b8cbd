#include "common/base/names.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/object/attributes.h"
#include "common/object/tags.h"
#include "metadata/catalog/attempts.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"
#include "metadata/catalog/uploads.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<v1::Outcome> Create(Transaction& rows, const v1::CreateUploadCommand& command,
                                   const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  const BucketId bucket_id(bucket->id());
  v1::Outcome outcome;
  v1::UploadRow& row = *outcome.mutable_upload();
  row.set_key(command.key());
  *row.mutable_upload() = command.upload();
  row.set_revision(1);
  row.set_initiated_us(context.time_us);
  *row.mutable_manifest() = command.manifest();
  *row.mutable_tags() = SortedTags(command.tags());
  *row.mutable_checksums() = command.checksums();
  row.set_initiator(command.initiator());
  RETURN_IF_ERROR(uploads::Save(rows, bucket_id, row));
  RETURN_IF_ERROR(AddTotals(rows, {.uploads = 1}));
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> CreateUpload(Transaction& rows, const v1::CreateUploadCommand& command,
                                         const ApplyContext& context) {
  RETURN_IF_ERROR(ValidateObjectKey(command.key()));
  RETURN_IF_ERROR(ValidateObjectTags(command.tags()));
  RETURN_IF_ERROR(ValidateAttributes(command.manifest()));
  const attempts::Attempt attempt{.version = VersionIdOf(command.upload())};
  return attempts::Once(rows, command.operation(), v1::Outcome::kUpload, attempt, context,
                        [&] { return Create(rows, command, context); });
}

}  // namespace trebol::catalog
