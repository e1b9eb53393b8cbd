#include "gateway/s3/codec/byte_range.h"

#include <limits>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr absl::string_view kUnit = "bytes=";
constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();

// Digits only; more than fit count as the greatest number.
std::optional<uint64_t> Number(absl::string_view text) {
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    const auto digit = static_cast<uint64_t>(c - '0');
    value = value > (kMost - digit) / 10 ? kMost : value * 10 + digit;
  }
  return value;
}

v1::ByteRange FromTo(uint64_t first, uint64_t last) {
  v1::ByteRange range;
  range.set_offset(first);
  if (last - first < kMost) range.set_length(last - first + 1);
  return range;
}

}  // namespace

RequestedRange ParseRange(absl::string_view text) {
  RequestedRange requested;
  text = absl::StripAsciiWhitespace(text);
  if (!absl::StartsWithIgnoreCase(text, kUnit)) return requested;
  text = absl::StripAsciiWhitespace(text.substr(kUnit.size()));
  const size_t dash = text.find('-');
  if (dash == absl::string_view::npos) return requested;
  const auto first = Number(text.substr(0, dash));
  const auto last = Number(text.substr(dash + 1));
  const bool open = dash + 1 == text.size();
  if (dash == 0) {
    if (last.has_value()) requested.suffix_length = *last;
  } else if (first.has_value() && open) {
    requested.range.emplace().set_offset(*first);
  } else if (first.has_value() && last.has_value() && *first <= *last) {
    requested.range = FromTo(*first, *last);
  }
  return requested;
}

absl::StatusOr<uint32_t> ParsePartNumber(absl::string_view text) {
  const auto number = Number(text);
  if (!number.has_value() || *number < 1 || *number > kMaxParts) {
    return S3Only(400, "InvalidArgument",
                  absl::StrCat("part number '", absl::CHexEscape(text.substr(0, 64)),
                               "' must be an integer between 1 and ", kMaxParts, ", inclusive"));
  }
  return static_cast<uint32_t>(*number);
}

absl::StatusOr<v1::ByteRange> ParseCopySourceRange(absl::string_view text) {
  const size_t dash = text.find('-');
  if (absl::StartsWith(text, kUnit) && dash != absl::string_view::npos) {
    const auto first = Number(text.substr(kUnit.size(), dash - kUnit.size()));
    const auto last = Number(text.substr(dash + 1));
    if (first.has_value() && last.has_value() && *first <= *last) return FromTo(*first, *last);
  }
  return S3Only(
      400, "InvalidArgument",
      absl::StrCat("the x-amz-copy-source-range value '", absl::CHexEscape(text.substr(0, 64)),
                   "' must be of the form bytes=first-last, where first and last are the "
                   "offsets of the first and last bytes to copy, counted from zero"));
}

}  // namespace trebol
