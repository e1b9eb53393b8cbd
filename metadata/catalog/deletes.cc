#include "metadata/catalog/deletes.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "common/base/ids.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/preconditions.h"
#include "metadata/catalog/conditions.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog::deletes {
namespace {

// Delete markers have no bytes, so they need no version of a gateway. No session has the id 0; that
// of the client who deletes is nobody else's business: whoever knows it can close it.
VersionId MarkerOf(const ApplyContext& context) {
  return {context.generation, SessionId(0), context.index.value};
}

// Of a delete that names a version the conditions are about that one.
absl::StatusOr<std::optional<v1::Outcome>> Unmet(const RowReader& rows, BucketId bucket,
                                                 absl::string_view key,
                                                 const v1::VersionRef* version,
                                                 const v1::Preconditions& preconditions) {
  if (version == nullptr) return conditions::Unmet(rows, bucket, key, preconditions);
  ASSIGN_OR_RETURN(const auto found, objects::FindVersion(rows, bucket, key, version));
  const absl::Status status =
      CheckWrite(preconditions, found.has_value() ? &found->row : nullptr, key);
  if (status.ok()) return std::optional<v1::Outcome>();
  return std::optional<v1::Outcome>(operations::Failure(status));
}

}  // namespace

absl::Status Validate(absl::string_view key, const v1::Preconditions& preconditions) {
  RETURN_IF_ERROR(ValidateObjectKey(key));
  return ValidateWritePreconditions(preconditions);
}

absl::StatusOr<v1::Outcome> Delete(Transaction& rows, const v1::BucketRow& bucket,
                                   absl::string_view key, const v1::VersionRef* version,
                                   const v1::Preconditions& preconditions,
                                   const ApplyContext& context) {
  const BucketId id(bucket.id());
  ASSIGN_OR_RETURN(auto unmet, Unmet(rows, id, key, version, preconditions));
  if (unmet.has_value()) return *std::move(unmet);
  v1::Outcome outcome;
  if (version != nullptr) {
    ASSIGN_OR_RETURN(*outcome.mutable_delete_object(),
                     objects::DeleteVersion(rows, id, key, *version, context));
  } else {
    ASSIGN_OR_RETURN(*outcome.mutable_delete_object(),
                     objects::Delete(rows, bucket, key, MarkerOf(context), context));
  }
  return outcome;
}

}  // namespace trebol::catalog::deletes
