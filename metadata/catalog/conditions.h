#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

namespace trebol::catalog::conditions {

/// The failure of a write whose preconditions what the key names now does not meet; nullopt when it
/// does. Inside the transaction, so that of many that race one wins.
absl::StatusOr<std::optional<v1::Outcome>> Unmet(const RowReader& rows, BucketId bucket,
                                                 absl::string_view key,
                                                 const v1::Preconditions& preconditions);

}  // namespace trebol::catalog::conditions
