#include "metadata/catalog/conditions.h"

#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "common/object/preconditions.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog::conditions {

absl::StatusOr<std::optional<v1::Outcome>> Unmet(const RowReader& rows, BucketId bucket,
                                                 absl::string_view key,
                                                 const v1::Preconditions& preconditions) {
  const bool none = preconditions.if_match().empty() && preconditions.if_none_match().empty();
  if (none || Planted("catalog.no_preconditions")) return std::optional<v1::Outcome>();
  ASSIGN_OR_RETURN(const auto current, objects::Find(rows, bucket, key));
  const absl::Status status =
      CheckWrite(preconditions, current.has_value() ? &*current : nullptr, key);
  if (status.ok()) return std::optional<v1::Outcome>();
  return std::optional<v1::Outcome>(operations::Failure(status));
}

}  // namespace trebol::catalog::conditions
