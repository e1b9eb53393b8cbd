#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

namespace trebol::catalog::access_keys {

absl::StatusOr<std::optional<v1::AccessKeyRow>> Find(const RowReader& rows, absl::string_view id);
absl::Status Put(Transaction& rows, const v1::AccessKeyRow& key);
absl::Status Remove(Transaction& rows, absl::string_view id);

/// Root's; nullopt before metadata's first start with a key.
absl::StatusOr<std::optional<v1::AccessKeyRow>> FindRoot(const RowReader& rows);

/// ACCESS_KEY_UNKNOWN.
absl::Status Unknown(absl::string_view id);

}  // namespace trebol::catalog::access_keys
