#include "cli/human.h"

#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "common/base/names.h"

namespace trebol::cli {

std::string HumanBytes(uint64_t bytes) {
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  // 1023.95 would be shown as 1024.0.
  while (value >= 1023.95 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  return absl::StrFormat("%.1f %s", value, kUnits[unit]);
}

std::string HumanDuration(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(duration + absl::Milliseconds(500));
  const int64_t hours = seconds / 3600;
  if (hours > 0) {
    return absl::StrFormat("%d:%02d:%02d", hours, seconds / 60 % 60, seconds % 60);
  }
  return absl::StrFormat("%d:%02d", seconds / 60, seconds % 60);
}

std::string Printable(absl::string_view name) {
  if (!IsValidUtf8(name)) return absl::CHexEscape(name);
  std::string text;
  for (size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool c1 = c == 0xC2 && i + 1 < name.size() &&
                    static_cast<unsigned char>(name[i + 1]) < 0xA0;  // U+0080 to U+009F
    if (c1) {
      absl::StrAppendFormat(&text, "\\u%04x", static_cast<unsigned char>(name[++i]));
    } else if (c < 0x20 || c == 0x7F) {
      absl::StrAppend(&text, absl::CHexEscape(name.substr(i, 1)));
    } else {
      text.push_back(name[i]);
    }
  }
  return text;
}

std::string LocalTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::LocalTimeZone());
}

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

std::string ChecksumName(const client::Checksum& checksum) {
  static constexpr const char* kNames[] = {"?",    "crc32c", "crc32", "crc64nvme",
                                           "sha1", "sha256", "md5"};
  const auto number = static_cast<size_t>(checksum.algorithm);
  const std::string name = number < std::size(kNames) ? kNames[number] : kNames[0];
  return checksum.composite ? absl::StrCat(name, " of parts") : name;
}

std::string VersioningName(client::Versioning versioning) {
  switch (versioning) {
    case client::Versioning::kEnabled:
      return "enabled";
    case client::Versioning::kSuspended:
      return "suspended";
    default:
      return "unversioned";
  }
}

std::string Count(uint64_t count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

}  // namespace trebol::cli
