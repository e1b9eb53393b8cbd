#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

/// The versions of a key that are not what it names: older ones, and delete markers. Rows by key,
/// the newest first; one more row says where the null version is, if it is among them.
namespace trebol::catalog::versions {

/// The newest of them, with its key.
absl::StatusOr<std::optional<v1::ObjectRow>> Newest(const RowReader& rows, BucketId bucket,
                                                    absl::string_view key);
absl::StatusOr<std::optional<v1::ObjectRow>> Find(const RowReader& rows, BucketId bucket,
                                                  absl::string_view key, const v1::VersionRef& ref);

/// Adds `row` at its order. Its reference to its bytes stays what it is.
absl::Status Add(Transaction& rows, BucketId bucket, absl::string_view key,
                 const v1::ObjectRow& row);
/// Writes a row that is there anew, with other tags.
absl::Status Update(Transaction& rows, BucketId bucket, absl::string_view key,
                    const v1::ObjectRow& row);
/// Takes the row away, and leaves its bytes alone.
absl::Status Remove(Transaction& rows, BucketId bucket, absl::string_view key,
                    const v1::ObjectRow& row);

}  // namespace trebol::catalog::versions
