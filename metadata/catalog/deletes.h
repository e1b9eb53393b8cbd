#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

/// What one delete does, whether it comes alone or with others.
namespace trebol::catalog::deletes {

absl::Status Validate(absl::string_view key, const v1::Preconditions& preconditions);

/// `version` may be null. A definite failure is an outcome with an error.
absl::StatusOr<v1::Outcome> Delete(Transaction& rows, const v1::BucketRow& bucket,
                                   absl::string_view key, const v1::VersionRef* version,
                                   const v1::Preconditions& preconditions,
                                   const ApplyContext& context);

}  // namespace trebol::catalog::deletes
