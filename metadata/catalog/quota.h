#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

namespace trebol::catalog::quota {

/// What a put of `size` bytes under `key` comes to where it would make the bucket larger than its
/// quota: QUOTA_EXCEEDED. What it replaces counts no more, and a put that makes the bucket no
/// larger is taken whatever the quota is. nullopt: it may be put.
absl::StatusOr<std::optional<v1::Outcome>> Exceeded(const RowReader& rows,
                                                    const v1::BucketRow& bucket,
                                                    absl::string_view key, uint64_t size);

}  // namespace trebol::catalog::quota
