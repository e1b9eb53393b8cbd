#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// The only format that this program writes and reads (docs/formats/metadata-log.md).
inline constexpr uint32_t kLogEntryFormat = 8;

/// XXH3-128 of the bytes of an entry, in its canonical big-endian form: 16 bytes. Every entry
/// carries that of its predecessor, so that a log cannot be cut and sewn without being noticed.
std::string HashEntry(absl::string_view entry);

/// Parses an entry and checks that it belongs at `index` after an entry with `predecessor_hash`.
/// UNIMPLEMENTED (UNSUPPORTED_FORMAT) for a format of a newer release, DATA_LOSS for anything else
/// that is wrong.
absl::StatusOr<v1::LogEntry> ParseEntry(LogIndex index, absl::string_view entry,
                                        absl::string_view predecessor_hash);

}  // namespace trebol
