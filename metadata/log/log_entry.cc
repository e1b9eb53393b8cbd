#include "metadata/log/log_entry.h"

#include <xxhash.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"

namespace trebol {

std::string HashEntry(absl::string_view entry) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(entry.data(), entry.size()));
  return std::string(reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest);
}

absl::StatusOr<v1::LogEntry> ParseEntry(LogIndex index, absl::string_view entry,
                                        absl::string_view predecessor_hash) {
  const auto damaged = [index](absl::string_view what) {
    return MakeError(absl::StatusCode::kDataLoss, v1::STORE_FAILED,
                     absl::StrCat("entry ", index.value, " of the metadata log ", what,
                                  "; restore this data directory from a backup"));
  };
  v1::LogEntry parsed;
  if (!parsed.ParseFromArray(entry.data(), static_cast<int>(entry.size()))) {
    return damaged("cannot be parsed");
  }
  if (parsed.format() != kLogEntryFormat) {
    return MakeError(absl::StatusCode::kUnimplemented, v1::UNSUPPORTED_FORMAT,
                     absl::StrCat("entry ", index.value, " of the metadata log has format ",
                                  parsed.format(), "; this release reads format ", kLogEntryFormat,
                                  ": start the release that wrote it, or a newer one"));
  }
  if (parsed.index() != index.value) {
    return damaged(absl::StrCat("says that it is entry ", parsed.index()));
  }
  if (parsed.predecessor_hash() != predecessor_hash) {
    return damaged(absl::StrCat(
        "follows an entry with hash ", absl::BytesToHexString(parsed.predecessor_hash()),
        ", but the entry before it has ", absl::BytesToHexString(predecessor_hash)));
  }
  return parsed;
}

}  // namespace trebol
