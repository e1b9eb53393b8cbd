#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

namespace trebol::catalog::objects {

/// With its key.
absl::StatusOr<std::optional<v1::ObjectRow>> Find(const RowReader& rows, BucketId bucket,
                                                  absl::string_view key);

/// Makes `manifest` what the key names; what it named before loses a reference. Keeps the totals.
absl::StatusOr<v1::ObjectRow> Put(Transaction& rows, BucketId bucket, absl::string_view key,
                                  const v1::Manifest& manifest, const ApplyContext& context);

/// True if there was one.
absl::StatusOr<bool> Remove(Transaction& rows, BucketId bucket, absl::string_view key,
                            const ApplyContext& context);

/// INVALID_ARGUMENT, USER_METADATA_TOO_LARGE or OBJECT_TOO_LARGE for what no gateway should send.
absl::Status ValidateManifest(const v1::Manifest& manifest);

/// OBJECT_NOT_FOUND.
absl::Status NotFound(absl::string_view bucket, absl::string_view key);

}  // namespace trebol::catalog::objects
