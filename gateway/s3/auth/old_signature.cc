#include "gateway/s3/auth/old_signature.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/sigv4/digest.h"
#include "common/sigv4/sigv4.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using Parameters = std::vector<sigv4::QueryParameter>;

// Those that are part of what is signed.
constexpr absl::string_view kSigned[] = {"accelerate",
                                         "acl",
                                         "cors",
                                         "delete",
                                         "lifecycle",
                                         "location",
                                         "logging",
                                         "notification",
                                         "object-lock",
                                         "partNumber",
                                         "policy",
                                         "replication",
                                         "requestPayment",
                                         "response-cache-control",
                                         "response-content-disposition",
                                         "response-content-encoding",
                                         "response-content-language",
                                         "response-content-type",
                                         "response-expires",
                                         "tagging",
                                         "uploadId",
                                         "uploads",
                                         "versionId",
                                         "versioning",
                                         "versions",
                                         "website"};

const std::string* Find(const Parameters& parameters, absl::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [name](const auto& each) { return each.name == name; });
  return found == parameters.end() ? nullptr : &found->value;
}

bool IsHeader(absl::string_view name) { return name == "content-type" || name == "content-md5"; }

/// The sub-resources, sorted: "?acl&versionId=x".
absl::StatusOr<std::string> SignedQuery(const Parameters& parameters, absl::string_view raw) {
  std::map<std::string, std::string> all;
  std::set<std::string> seen;
  for (const sigv4::QueryParameter& each : parameters) {
    if (!seen.insert(each.name).second) {
      return S3Only(400, "InvalidArgument", "a parameter of the query comes twice; give it once");
    }
    const bool ours =
        each.name == "AWSAccessKeyId" || each.name == "Signature" || each.name == "Expires";
    if (ours || IsHeader(each.name)) continue;
    const bool is_signed =
        std::find(std::begin(kSigned), std::end(kSigned), each.name) != std::end(kSigned);
    if (!is_signed || absl::StrContains(each.value, '&') || absl::StrContains(each.value, '\n')) {
      return S3Only(400, "InvalidRequest",
                    absl::StrCat("a URL signed by the old version 2 does not protect its parameter "
                                 "'",
                                 absl::CHexEscape(each.name.substr(0, 100)),
                                 "'; sign it by version 4 (of boto3: signature_version='s3v4')"));
    }
    // "acl" and "acl=" are not the same text.
    const bool has_value = !each.value.empty() || absl::StrContains(raw, each.name + "=");
    all.emplace(each.name, has_value ? absl::StrCat("=", each.value) : "");
  }
  std::string text;
  for (const auto& [name, value] : all) {
    absl::StrAppend(&text, text.empty() ? "?" : "&", name, value);
  }
  return text;
}

std::string HeaderOrParameter(const RequestHead& head, const Parameters& parameters,
                              absl::string_view name) {
  if (head.Count(name) > 0) return std::string(head.Header(name));
  const std::string* const value = Find(parameters, name);
  return value == nullptr ? "" : *value;
}

/// "x-amz-a:1\nx-amz-b:2\n"
std::string AmzHeaders(const RequestHead& head) {
  std::map<std::string, std::string> all;
  for (const auto& [name, value] : head.headers) {
    if (absl::StartsWith(name, "x-amz-")) {
      all[name] = sigv4::CanonicalHeader(head, name).value_or("");
    }
  }
  std::string text;
  for (const auto& [name, value] : all) absl::StrAppend(&text, name, ":", value, "\n");
  return text;
}

absl::Status CheckTime(absl::string_view expires, absl::Time now) {
  int64_t seconds = 0;
  if (!absl::SimpleAtoi(expires, &seconds) || seconds < 0) {
    return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED,
                     "Invalid date (should be seconds since epoch): Expires of the URL");
  }
  const absl::Time end = absl::FromUnixSeconds(seconds);
  if (end < now) {
    return MakeError(absl::StatusCode::kPermissionDenied, v1::REQUEST_EXPIRED,
                     "Request has expired; make another URL");
  }
  if (end > now + sigv4::kMaxValidity) {
    return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED,
                     "the URL is good for more than seven days, the longest that is taken");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<OldClaim>> ReadOldClaim(const RequestHead& head,
                                                     const Parameters& parameters,
                                                     absl::string_view virtual_bucket,
                                                     absl::Time now) {
  const std::string* const id = Find(parameters, "AWSAccessKeyId");
  const std::string* const signature = Find(parameters, "Signature");
  const std::string* const expires = Find(parameters, "Expires");
  if (id == nullptr && signature == nullptr) return std::nullopt;
  if (head.Count("authorization") > 0) {
    return S3Only(400, "InvalidArgument",
                  "Only one auth mechanism allowed; only the Authorization header or the "
                  "Signature query string parameter should be specified");
  }
  if (id == nullptr || signature == nullptr || expires == nullptr) {
    return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED,
                     "Query-string authentication requires the Signature, Expires and "
                     "AWSAccessKeyId parameters");
  }
  RETURN_IF_ERROR(CheckTime(*expires, now));
  ASSIGN_OR_RETURN(const std::string query, SignedQuery(parameters, head.query));
  OldClaim claim{.access_key_id = *id, .signature = *signature, .text = ""};
  const std::string bucket = virtual_bucket.empty() ? "" : absl::StrCat("/", virtual_bucket);
  claim.text = absl::StrCat(head.method, "\n", HeaderOrParameter(head, parameters, "content-md5"),
                            "\n", HeaderOrParameter(head, parameters, "content-type"), "\n",
                            *expires, "\n", AmzHeaders(head), bucket, head.path, query);
  return claim;
}

absl::Status CheckOldSignature(const OldClaim& claim, absl::string_view secret) {
  const std::string made = absl::Base64Escape(sigv4::HmacSha1(secret, claim.text));
  if (sigv4::EqualInConstantTime(made, claim.signature)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kPermissionDenied, v1::SIGNATURE_MISMATCH,
                   absl::StrCat("The request signature we calculated does not match the signature "
                                "you provided. Check your key and signing method. What was to be "
                                "signed: '",
                                absl::CHexEscape(claim.text), "'"));
}

}  // namespace trebol
