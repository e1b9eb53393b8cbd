#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/types.h"

namespace trebol::cli {

// What people read.

/// 0 B, 1023 B, 1.0 KiB, 12.3 GiB.
std::string HumanBytes(uint64_t bytes);
/// 0:05, 12:34, 1:02:03.
std::string HumanDuration(absl::Duration duration);
/// A name from outside, safe for a terminal: control characters and bytes that are not UTF-8 as
/// escapes.
std::string Printable(absl::string_view name);
/// 2026-11-21 09:04:33 in the local time zone.
std::string LocalTime(absl::Time time);
/// 2026-11-21T09:04:33Z, with a fraction if there is one.
std::string Rfc3339(absl::Time time);
/// "sha256", or "sha256 of parts".
std::string ChecksumName(const client::Checksum& checksum);
/// unversioned, enabled, suspended.
std::string VersioningName(client::Versioning versioning);
/// "1 file", "2 files".
std::string Count(uint64_t count, absl::string_view noun);

}  // namespace trebol::cli
