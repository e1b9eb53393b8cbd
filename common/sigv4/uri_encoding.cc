#include "common/sigv4/uri_encoding.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol::sigv4 {
namespace {

constexpr size_t kShown = 100;  // bytes of what was wrong, in messages

bool IsUnreserved(char c) {
  return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

int DigitOf(char c) {
  if (absl::ascii_isdigit(c)) return c - '0';
  const char lower = absl::ascii_tolower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

absl::Status Malformed(absl::string_view what, absl::string_view text) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat(what, ": '", absl::CHexEscape(text.substr(0, kShown)), "'"));
}

absl::StatusOr<std::string> DecodeOfQuery(absl::string_view raw) {
  std::string text(raw);
  std::replace(text.begin(), text.end(), '+', ' ');
  return UriDecode(text);
}

}  // namespace

std::string UriEncode(absl::string_view text, Slash slash) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c) || (c == '/' && slash == Slash::kKeep)) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kDigits[byte >> 4]);
    encoded.push_back(kDigits[byte & 15]);
  }
  return encoded;
}

absl::StatusOr<std::string> UriDecode(absl::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? DigitOf(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? DigitOf(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return Malformed("'%' must be followed by two hexadecimal digits", text);
    }
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return decoded;
}

absl::StatusOr<std::vector<QueryParameter>> SplitQuery(absl::string_view query) {
  const bool clean = std::none_of(query.begin(), query.end(), [](char c) {
    return c == ' ' || absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
  if (!clean) return Malformed("a query has no blanks or control characters", query);
  std::vector<QueryParameter> parameters;
  for (const absl::string_view piece : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const size_t equals = std::min(piece.find('='), piece.size());
    QueryParameter parameter;
    parameter.raw_name = std::string(piece.substr(0, equals));
    parameter.raw_value = std::string(piece.substr(std::min(equals + 1, piece.size())));
    ASSIGN_OR_RETURN(parameter.name, DecodeOfQuery(parameter.raw_name));
    ASSIGN_OR_RETURN(parameter.value, DecodeOfQuery(parameter.raw_value));
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

}  // namespace trebol::sigv4
