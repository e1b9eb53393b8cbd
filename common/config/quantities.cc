#include "common/config/quantities.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/error.h"
#include "common/base/limits.h"

namespace trebol {
namespace {

struct Unit {
  absl::string_view name;
  uint64_t bytes;
};
// Largest first: the formatter takes the first that divides.
constexpr std::array<Unit, 9> kUnits = {{{"TiB", kGiB * 1024},
                                         {"TB", 1'000'000'000'000},
                                         {"GiB", kGiB},
                                         {"GB", 1'000'000'000},
                                         {"MiB", kMiB},
                                         {"MB", 1'000'000},
                                         {"KiB", kKiB},
                                         {"kB", 1'000},
                                         {"B", 1}}};

constexpr absl::Duration kDay = absl::Hours(24);
constexpr int64_t kMostDays = 36'500;

absl::Status Malformed(absl::string_view form) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, form);
}

}  // namespace

absl::StatusOr<uint64_t> ParseSize(absl::string_view text) {
  const auto digits_end = std::find_if_not(text.begin(), text.end(), absl::ascii_isdigit);
  const absl::string_view digits = text.substr(0, digits_end - text.begin());
  const absl::string_view unit = text.substr(digits.size());
  uint64_t amount = 0;
  const auto found = std::find_if(kUnits.begin(), kUnits.end(),
                                  [unit](const Unit& known) { return known.name == unit; });
  const bool is_zero = unit.empty() && digits == "0";
  if (digits.empty() || !absl::SimpleAtoi(digits, &amount) || (found == kUnits.end() && !is_zero)) {
    return Malformed(
        "a size is a whole number and a unit (B, KiB, MiB, GiB, TiB, kB, MB, GB or TB), such as "
        "64MiB");
  }
  if (is_zero) return 0;
  if (amount > std::numeric_limits<uint64_t>::max() / found->bytes) {
    return Malformed("this size exceeds 64 bits of bytes");
  }
  return amount * found->bytes;
}

std::string SizeText(uint64_t bytes) {
  if (bytes == 0) return "0";
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                 [bytes](const Unit& known) { return bytes % known.bytes == 0; });
  return absl::StrCat(bytes / unit->bytes, unit->name);
}

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text) {
  absl::Duration duration;
  absl::string_view days = text;
  uint32_t count = 0;
  if (absl::ConsumeSuffix(&days, "d") && !days.empty() &&
      std::all_of(days.begin(), days.end(), absl::ascii_isdigit) &&
      absl::SimpleAtoi(days, &count)) {
    duration = kDay * static_cast<int64_t>(count);
  } else if (!absl::ParseDuration(text, &duration) || duration < absl::ZeroDuration()) {
    return Malformed("a duration is a number and a unit (ms, s, m, h or d), such as 10s or 1h30m");
  }
  if (duration > kDay * kMostDays) {
    return Malformed(absl::StrCat("a duration is at most ", kMostDays, "d, a hundred years"));
  }
  return duration;
}

std::string DurationText(absl::Duration duration) {
  const int64_t days = duration / kDay;
  if (days > 0 && kDay * days == duration) return absl::StrCat(days, "d");
  return absl::FormatDuration(duration);
}

absl::StatusOr<bool> ParseBoolean(absl::string_view text) {
  for (const absl::string_view yes : {"true", "yes", "on", "1"}) {
    if (text == yes) return true;
  }
  for (const absl::string_view no : {"false", "no", "off", "0"}) {
    if (text == no) return false;
  }
  return Malformed("a switch is true or false");
}

absl::StatusOr<int64_t> ParseInteger(absl::string_view text, int64_t least, int64_t most) {
  int64_t value = 0;
  const bool plain = !text.empty() && !absl::ascii_isspace(text.front()) &&
                     !absl::ascii_isspace(text.back()) && text.front() != '+';
  if (!plain || !absl::SimpleAtoi(text, &value) || value < least || value > most) {
    return Malformed(absl::StrCat("it is a whole number from ", least, " to ", most));
  }
  return value;
}

absl::StatusOr<double> ParseNumber(absl::string_view text, double least, double most) {
  double value = 0;
  const bool plain =
      !text.empty() && !absl::ascii_isspace(text.front()) && !absl::ascii_isspace(text.back());
  if (!plain || !absl::SimpleAtod(text, &value) || !std::isfinite(value) || value < least ||
      value > most) {
    return Malformed(absl::StrCat("it is a number from ", least, " to ", most));
  }
  return value;
}

}  // namespace trebol
