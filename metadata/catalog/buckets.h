#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

namespace trebol::catalog::buckets {

absl::StatusOr<std::optional<v1::BucketRow>> Find(const RowReader& rows, absl::string_view name);
/// For a command: the one for which the caller's right was checked. BUCKET_REPLACED (ABORTED),
/// which is not decided, when another has the name now.
absl::StatusOr<std::optional<v1::BucketRow>> FindChecked(const RowReader& rows,
                                                         absl::string_view name,
                                                         const ApplyContext& context);
/// A name that is free; counts it.
absl::StatusOr<v1::BucketRow> Create(Transaction& rows, absl::string_view name,
                                     absl::string_view owner, const ApplyContext& context);
absl::Status Put(Transaction& rows, const v1::BucketRow& bucket);
absl::Status Remove(Transaction& rows, absl::string_view name);

/// No object and no older version.
absl::StatusOr<bool> HasNoObject(const RowReader& rows, BucketId id);

/// BUCKET_NOT_FOUND.
absl::Status NotFound(absl::string_view name);

}  // namespace trebol::catalog::buckets
