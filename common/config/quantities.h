#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace trebol {

/// How amounts are written in settings. All parsers accept the whole text or answer
/// INVALID_ARGUMENT with the accepted form; formatters give a text that parses back to the same
/// amount.

/// Bytes: `64MiB`, `1GB`, `0`; B, KiB to TiB (powers of 1024) and kB to TB (powers of 1000).
absl::StatusOr<uint64_t> ParseSize(absl::string_view text);
std::string SizeText(uint64_t bytes);

/// `10s`, `500ms`, `1h30m`, `14d`, `0`; not negative, and at most a hundred years.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text);
std::string DurationText(absl::Duration duration);

/// `true`, `yes`, `on`, `1` and their opposites.
absl::StatusOr<bool> ParseBoolean(absl::string_view text);

absl::StatusOr<int64_t> ParseInteger(absl::string_view text, int64_t least, int64_t most);

/// Finite, from `least` to `most`.
absl::StatusOr<double> ParseNumber(absl::string_view text, double least, double most);

}  // namespace trebol
