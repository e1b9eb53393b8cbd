#include "gateway/s3/codec/request_target.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "gateway/s3/codec/percent.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

absl::Status InvalidUri(absl::string_view what, absl::string_view text) {
  return S3Only(400, "InvalidURI",
                absl::StrCat("couldn't parse the specified URI: ", what, " '",
                             absl::CHexEscape(text.substr(0, 100)), "'"));
}

// Lower-case, without port and the dot that may end a name.
std::string HostName(absl::string_view host) {
  if (!absl::StartsWith(host, "[")) host = host.substr(0, host.find(':'));
  absl::ConsumeSuffix(&host, ".");
  return absl::AsciiStrToLower(host);
}

// Empty when `host` is a domain itself, or under none of them.
std::string BucketOfHost(absl::string_view host, const std::vector<std::string>& domains) {
  absl::string_view best;
  for (const std::string& domain : domains) {
    if (host == domain) return "";
    const bool under = host.size() > domain.size() + 1 && absl::EndsWith(host, domain) &&
                       host[host.size() - domain.size() - 1] == '.';
    if (under && domain.size() > best.size()) best = domain;
  }
  if (best.empty()) return "";
  return std::string(host.substr(0, host.size() - best.size() - 1));
}

absl::Status CheckKey(absl::string_view key) {
  if (key.empty()) return absl::OkStatus();
  if (key.size() > kMaxKeySize) {
    return S3Only(400, "KeyTooLongError",
                  absl::StrCat("your key is too long: it has ", key.size(), " bytes; at most ",
                               kMaxKeySize, " are allowed"));
  }
  return ValidateObjectKey(key);
}

}  // namespace

absl::StatusOr<QueryParameters> QueryParameters::Parse(absl::string_view query) {
  QueryParameters parameters;
  std::set<std::string> names;
  for (const absl::string_view pair : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const size_t equals = pair.find('=');
    ASSIGN_OR_RETURN(std::string name, PercentDecode(pair.substr(0, equals), Plus::kBlank));
    std::string value;
    if (equals != absl::string_view::npos) {
      ASSIGN_OR_RETURN(value, PercentDecode(pair.substr(equals + 1), Plus::kBlank));
    }
    if (!IsValidUtf8(name) || !IsValidUtf8(value)) return InvalidUri("not UTF-8:", pair);
    if (!names.insert(name).second) {
      return S3Only(400, "InvalidArgument",
                    absl::StrCat("the query has the parameter '",
                                 absl::CHexEscape(name.substr(0, 100)), "' twice; give it once"));
    }
    parameters.all_.emplace_back(std::move(name), std::move(value));
  }
  return parameters;
}

bool QueryParameters::Has(absl::string_view name) const {
  return std::any_of(all_.begin(), all_.end(),
                     [name](const auto& each) { return each.first == name; });
}

absl::string_view QueryParameters::Get(absl::string_view name) const {
  for (const auto& [each, value] : all_) {
    if (each == name) return value;
  }
  return {};
}

absl::StatusOr<RequestTarget> ParseRequestTarget(const RequestHead& head,
                                                 const std::vector<std::string>& domains) {
  if (!absl::StartsWith(head.path, "/")) return InvalidUri("no path from the root:", head.path);
  RequestTarget target;
  ASSIGN_OR_RETURN(const std::string path, PercentDecode(head.path, Plus::kItself));
  // S3's words exactly: there is no more to say of bytes that are no text.
  if (!IsValidUtf8(path)) return S3Only(400, "InvalidURI", "Couldn't parse the specified URI.");
  ASSIGN_OR_RETURN(target.query, QueryParameters::Parse(head.query));
  absl::string_view rest = absl::string_view(path).substr(1);
  target.bucket = BucketOfHost(HostName(head.Header("host")), domains);
  target.virtual_hosted = !target.bucket.empty();
  if (!target.virtual_hosted) {
    const size_t slash = rest.find('/');
    target.bucket = std::string(rest.substr(0, slash));
    rest = slash == absl::string_view::npos ? absl::string_view() : rest.substr(slash + 1);
    if (target.bucket.empty() && !rest.empty()) return InvalidUri("no bucket in", head.path);
  }
  target.key = std::string(rest);
  RETURN_IF_ERROR(CheckKey(target.key));
  return target;
}

}  // namespace trebol
