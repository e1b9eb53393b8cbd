#include "gateway/s3/door/cors_answer.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

/// `pattern` has one '*' at most, which stands for any text.
bool Matches(absl::string_view pattern, absl::string_view text) {
  const size_t star = pattern.find('*');
  if (star == absl::string_view::npos) return pattern == text;
  const absl::string_view begin = pattern.substr(0, star);
  const absl::string_view end = pattern.substr(star + 1);
  return text.size() >= begin.size() + end.size() && absl::StartsWith(text, begin) &&
         absl::EndsWith(text, end);
}

bool MatchesAny(const google::protobuf::RepeatedPtrField<std::string>& patterns,
                absl::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [text](const std::string& each) { return Matches(each, text); });
}

/// Names of headers, in lower case.
std::vector<std::string> AskedHeaders(const RequestHead& head) {
  std::vector<std::string> names;
  for (const absl::string_view each :
       absl::StrSplit(head.Header("access-control-request-headers"), ',')) {
    std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(each));
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

bool AllowsHeaders(const v1::CorsRule& rule, const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(), [&rule](const std::string& name) {
    return std::any_of(rule.allowed_headers().begin(), rule.allowed_headers().end(),
                       [&name](const std::string& pattern) {
                         return Matches(absl::AsciiStrToLower(pattern), name);
                       });
  });
}

const v1::CorsRule* Find(const CorsRules& rules, absl::string_view origin, absl::string_view method,
                         const std::vector<std::string>& headers) {
  for (const v1::CorsRule& rule : rules) {
    const auto& methods = rule.allowed_methods();
    if (std::find(methods.begin(), methods.end(), method) == methods.end()) continue;
    if (MatchesAny(rule.allowed_origins(), origin) && AllowsHeaders(rule, headers)) return &rule;
  }
  return nullptr;
}

HttpHeaders HeadersOf(const v1::CorsRule& rule, absl::string_view origin) {
  HttpHeaders headers;
  const auto& origins = rule.allowed_origins();
  const bool anybody = std::find(origins.begin(), origins.end(), "*") != origins.end();
  headers.emplace_back("Access-Control-Allow-Origin", anybody ? "*" : std::string(origin));
  if (!anybody) headers.emplace_back("Access-Control-Allow-Credentials", "true");
  headers.emplace_back("Access-Control-Allow-Methods", absl::StrJoin(rule.allowed_methods(), ", "));
  if (!rule.expose_headers().empty()) {
    headers.emplace_back("Access-Control-Expose-Headers",
                         absl::StrJoin(rule.expose_headers(), ", "));
  }
  if (rule.has_max_age_seconds()) {
    headers.emplace_back("Access-Control-Max-Age", absl::StrCat(rule.max_age_seconds()));
  }
  // A cache must not give the answer for one origin to another.
  headers.emplace_back("Vary",
                       "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
  return headers;
}

}  // namespace

HttpHeaders CorsHeaders(const CorsRules& rules, const RequestHead& head) {
  const absl::string_view origin = head.Header("origin");
  if (origin.empty()) return {};
  const absl::string_view asked = head.Header("access-control-request-method");
  const v1::CorsRule* const rule = Find(rules, origin, asked.empty() ? head.method : asked, {});
  return rule == nullptr ? HttpHeaders() : HeadersOf(*rule, origin);
}

absl::StatusOr<HttpHeaders> PreflightHeaders(const CorsRules& rules, const RequestHead& head) {
  const absl::string_view origin = head.Header("origin");
  const absl::string_view method = head.Header("access-control-request-method");
  if (origin.empty()) {
    return S3Only(400, "BadRequest", "Insufficient information. Origin request header needed.");
  }
  if (method.empty()) {
    return S3Only(400, "BadRequest",
                  "Invalid Access-Control-Request-Method: it has to name a method.");
  }
  static constexpr absl::string_view kMethods[] = {"GET", "PUT", "HEAD", "POST", "DELETE"};
  if (std::find(std::begin(kMethods), std::end(kMethods), method) == std::end(kMethods)) {
    return S3Only(400, "BadRequest",
                  absl::StrCat("Invalid Access-Control-Request-Method: ",
                               absl::CHexEscape(method.substr(0, 100))));
  }
  if (rules.empty()) {
    return S3Only(403, "AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.");
  }
  const std::vector<std::string> asked = AskedHeaders(head);
  const v1::CorsRule* const rule = Find(rules, origin, method, asked);
  if (rule == nullptr) {
    return S3Only(403, "AccessForbidden",
                  "CORSResponse: This CORS request is not allowed. This is usually because the "
                  "evaluation of Origin, request method / Access-Control-Request-Method or "
                  "Access-Control-Request-Headers are not whitelisted by the resource's CORS "
                  "spec.");
  }
  HttpHeaders headers = HeadersOf(*rule, origin);
  if (!asked.empty()) {
    headers.emplace_back("Access-Control-Allow-Headers", absl::StrJoin(asked, ", "));
  }
  return headers;
}

}  // namespace trebol
