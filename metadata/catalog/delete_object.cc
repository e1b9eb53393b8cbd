#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/deletes.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<v1::Outcome> Delete(Transaction& rows, const v1::DeleteObjectCommand& command,
                                   const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  return deletes::Delete(rows, *bucket, command.key(),
                         command.has_version() ? &command.version() : nullptr,
                         command.preconditions(), context);
}

}  // namespace

absl::StatusOr<v1::Outcome> DeleteObject(Transaction& rows, const v1::DeleteObjectCommand& command,
                                         const ApplyContext& context) {
  RETURN_IF_ERROR(deletes::Validate(command.key(), command.preconditions()));
  return operations::Once(rows, command.operation(), v1::Outcome::kDeleteObject,
                          [&] { return Delete(rows, command, context); });
}

}  // namespace trebol::catalog
