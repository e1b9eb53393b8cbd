#include "common/sigv4/sigv4.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status_macros.h"
#include "common/sigv4/digest.h"

namespace trebol::sigv4 {
namespace {

constexpr absl::string_view kTimestampFormat = "%Y%m%dT%H%M%SZ";
constexpr size_t kTimestampSize = 16;

std::string WithoutRunsOfBlanks(absl::string_view value) {
  std::string collapsed;
  collapsed.reserve(value.size());
  for (const char c : absl::StripAsciiWhitespace(value)) {
    if (c == ' ' && !collapsed.empty() && collapsed.back() == ' ') continue;
    collapsed.push_back(c);
  }
  return collapsed;
}

}  // namespace

std::string FormatTimestamp(absl::Time time) {
  return absl::FormatTime(kTimestampFormat, time, absl::UTCTimeZone());
}

std::optional<absl::Time> ParseTimestamp(absl::string_view text) {
  if (text.size() != kTimestampSize) return std::nullopt;
  // With separators, since %Y takes every digit that it gets.
  const std::string separated =
      absl::StrCat(text.substr(0, 4), "-", text.substr(4, 2), "-", text.substr(6, 5), ":",
                   text.substr(11, 2), ":", text.substr(13));
  absl::Time time;
  // The second half of the test refuses what ParseTime tolerates, such as signs and leap seconds.
  if (!absl::ParseTime("%Y-%m-%dT%H:%M:%SZ", separated, absl::UTCTimeZone(), &time, nullptr) ||
      FormatTimestamp(time) != text) {
    return std::nullopt;
  }
  return time;
}

std::string Scope::ToString() const {
  return absl::StrCat(date, "/", region, "/", service, "/", kTerminator);
}

std::string SigningKey(absl::string_view secret, const Scope& scope) {
  const std::string of_date = HmacSha256(absl::StrCat("AWS4", secret), scope.date);
  const std::string of_region = HmacSha256(of_date, scope.region);
  const std::string of_service = HmacSha256(of_region, scope.service);
  return HmacSha256(of_service, kTerminator);
}

std::string CanonicalRequest::SignedHeaders() const {
  return absl::StrJoin(headers, ";",
                       [](std::string* out, const auto& header) { out->append(header.first); });
}

std::string CanonicalRequest::ToString() const {
  std::string text = absl::StrCat(method, "\n", path, "\n", query, "\n");
  for (const auto& [name, value] : headers) absl::StrAppend(&text, name, ":", value, "\n");
  absl::StrAppend(&text, "\n", SignedHeaders(), "\n", payload_hash);
  return text;
}

absl::StatusOr<std::string> CanonicalPath(absl::string_view raw_path) {
  if (raw_path.empty()) return "/";
  ASSIGN_OR_RETURN(const std::string path, UriDecode(raw_path));
  return UriEncode(path, Slash::kKeep);
}

std::string CanonicalQuery(const std::vector<QueryParameter>& parameters,
                           absl::string_view leave_out) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const QueryParameter& parameter : parameters) {
    if (!leave_out.empty() && parameter.name == leave_out) continue;
    encoded.emplace_back(UriEncode(parameter.name, Slash::kEncode),
                         UriEncode(parameter.value, Slash::kEncode));
  }
  std::sort(encoded.begin(), encoded.end());
  return absl::StrJoin(encoded, "&", absl::PairFormatter("="));
}

std::optional<std::string> CanonicalHeader(const RequestHead& head, absl::string_view name) {
  std::optional<std::string> joined;
  for (const auto& [key, value] : head.headers) {
    if (key != name) continue;
    const std::string canonical = WithoutRunsOfBlanks(value);
    joined = joined ? absl::StrCat(*joined, ",", canonical) : canonical;
  }
  return joined;
}

std::string StringToSign(absl::string_view timestamp, const Scope& scope,
                         absl::string_view canonical_request) {
  return absl::StrCat(kAlgorithm, "\n", timestamp, "\n", scope.ToString(), "\n",
                      Sha256Hex(canonical_request));
}

std::string Signature(absl::string_view signing_key, absl::string_view string_to_sign) {
  return absl::BytesToHexString(HmacSha256(signing_key, string_to_sign));
}

}  // namespace trebol::sigv4
