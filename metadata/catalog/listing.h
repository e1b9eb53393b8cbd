#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "common/base/limits.h"
#include "metadata/state/row_keys.h"

/// What all listings of names share.
namespace trebol::catalog::listing {

/// What gRPC's clients accept of a message unless they are told otherwise.
inline constexpr size_t kPlainClientMessageSize = 4 * kMiB;

/// Of rows. A page of long keys with user metadata ends before plain clients refuse it: what they
/// get of a row may be somewhat longer, and the last row comes on top.
inline constexpr size_t kMaxPageBytes = kPlainClientMessageSize / 4 * 3;

/// Entries of a page: 0 means the default.
uint32_t LimitOf(uint32_t asked);

/// The part of `key` that a listing folds keys to: prefix…delimiter.
std::optional<absl::string_view> CommonPrefix(absl::string_view key, absl::string_view prefix,
                                              absl::string_view delimiter);

/// The rows of a table of names that a listing looks at. With `inclusive` those of the name `after`
/// itself too.
KeyRange Range(Table table, BucketId bucket, absl::string_view prefix, absl::string_view after,
               bool inclusive);

}  // namespace trebol::catalog::listing
