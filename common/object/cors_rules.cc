#include "common/object/cors_rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"

namespace trebol {
namespace {

using Patterns = google::protobuf::RepeatedPtrField<std::string>;

constexpr std::array<absl::string_view, 5> kMethods = {"GET", "PUT", "POST", "DELETE", "HEAD"};

absl::Status Refuse(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_CORS, message);
}

absl::Status ValidatePatterns(absl::string_view what, const Patterns& patterns) {
  for (const std::string& pattern : patterns) {
    const std::string shown = absl::CHexEscape(pattern.substr(0, 100));
    if (pattern.empty() || !IsValidUtf8(pattern)) {
      return Refuse(absl::StrCat("the allowed ", what, " '", shown, "' is empty or no text"));
    }
    if (std::count(pattern.begin(), pattern.end(), '*') > 1) {
      return Refuse(absl::StrCat("the allowed ", what, " '", shown,
                                 "' has more than one '*'; one is understood"));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateRule(const v1::CorsRule& rule) {
  if (rule.id().size() > kMaxCorsIdSize || !IsValidUtf8(rule.id())) {
    return Refuse(absl::StrCat("the id of a cross-origin rule has ", rule.id().size(),
                               " bytes, or is no text; at most ", kMaxCorsIdSize,
                               " bytes are allowed"));
  }
  if (rule.allowed_origins().empty() || rule.allowed_methods().empty()) {
    return Refuse("a cross-origin rule names no origin or no method; it needs one of each");
  }
  for (const std::string& method : rule.allowed_methods()) {
    if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
      return Refuse(absl::StrCat("'", absl::CHexEscape(method.substr(0, 100)),
                                 "' is no method of a cross-origin rule; use GET, PUT, POST, "
                                 "DELETE or HEAD"));
    }
  }
  if (absl::Status status = ValidatePatterns("origin", rule.allowed_origins()); !status.ok()) {
    return status;
  }
  for (const std::string& header : rule.expose_headers()) {
    if (!header.empty() && header.find('*') == std::string::npos && IsValidUtf8(header)) continue;
    return Refuse(absl::StrCat("the exposed header '", absl::CHexEscape(header.substr(0, 100)),
                               "' is empty, no text, or has a '*', which means nothing there"));
  }
  return ValidatePatterns("header", rule.allowed_headers());
}

}  // namespace

absl::Status ValidateCorsRules(const CorsRules& rules) {
  if (rules.size() > kMaxCorsRules) {
    return Refuse(absl::StrCat(rules.size(), " cross-origin rules were given; at most ",
                               kMaxCorsRules, " are allowed"));
  }
  size_t bytes = 0;
  std::set<absl::string_view> ids;
  for (const v1::CorsRule& rule : rules) {
    if (absl::Status status = ValidateRule(rule); !status.ok()) return status;
    if (!rule.id().empty() && !ids.insert(rule.id()).second) {
      return Refuse(
          absl::StrCat("two cross-origin rules have the id '", absl::CHexEscape(rule.id()), "'"));
    }
    bytes += rule.ByteSizeLong();
  }
  if (bytes > kMaxCorsSize) {
    return Refuse(absl::StrCat("the cross-origin rules have ", bytes, " bytes; at most ",
                               kMaxCorsSize, " are allowed"));
  }
  return absl::OkStatus();
}

}  // namespace trebol
