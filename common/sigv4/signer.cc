#include "common/sigv4/signer.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/sigv4/sigv4.h"
#include "common/sigv4/uri_encoding.h"

namespace trebol::sigv4 {
namespace {

absl::Status Refuse(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, message);
}

/// What a proxy may add, drop or change on the way.
bool ChangesOnTheWay(absl::string_view name) {
  static constexpr absl::string_view kNames[] = {
      "accept-encoding", "connection",        "content-length", "expect", "keep-alive", "te",
      "trailer",         "transfer-encoding", "user-agent",     "via",
  };
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
         absl::StartsWith(name, "x-forwarded-");
}

/// The headers to sign, in order.
std::vector<std::pair<std::string, std::string>> HeadersOf(const RequestHead& head) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : head.headers) {
    if (ChangesOnTheWay(name) || headers.contains(name)) continue;
    headers.emplace(name, *CanonicalHeader(head, name));
  }
  return {headers.begin(), headers.end()};
}

/// All but the headers.
absl::StatusOr<CanonicalRequest> Begin(const RequestHead& head, absl::string_view payload_hash) {
  if (head.Header("host").empty()) return Refuse("a request without Host cannot be signed: add it");
  CanonicalRequest request;
  request.method = head.method;
  ASSIGN_OR_RETURN(request.path, CanonicalPath(head.path));
  ASSIGN_OR_RETURN(const std::vector<QueryParameter> parameters, SplitQuery(head.query));
  request.query = CanonicalQuery(parameters);
  request.payload_hash = std::string(payload_hash);
  return request;
}

}  // namespace

Signer::Signer(Credentials credentials, std::string region, std::string service)
    : credentials_(std::move(credentials)),
      region_(std::move(region)),
      service_(std::move(service)) {}

absl::StatusOr<ChunkSeed> Signer::Sign(absl::Time now, absl::string_view payload_hash,
                                       RequestHead* head) const {
  for (const char* name : {"authorization", "x-amz-content-sha256", "x-amz-date"}) {
    if (head->Count(name) > 0) {
      return Refuse(absl::StrCat("the request has the header ", name,
                                 " already: leave it to the signer, and sign once"));
    }
  }
  ChunkSeed seed;
  seed.timestamp = FormatTimestamp(now);
  const Scope scope = {seed.timestamp.substr(0, 8), region_, service_};
  seed.scope = scope.ToString();
  ASSIGN_OR_RETURN(CanonicalRequest request, Begin(*head, payload_hash));
  head->headers.emplace_back("x-amz-content-sha256", std::string(payload_hash));
  head->headers.emplace_back("x-amz-date", seed.timestamp);
  request.headers = HeadersOf(*head);
  seed.signing_key = SigningKey(credentials_.secret, scope);
  seed.signature =
      Signature(seed.signing_key, StringToSign(seed.timestamp, scope, request.ToString()));
  head->headers.emplace_back(
      "authorization",
      absl::StrCat(kAlgorithm, " Credential=", credentials_.access_key_id, "/", seed.scope,
                   ", SignedHeaders=", request.SignedHeaders(), ", Signature=", seed.signature));
  return seed;
}

absl::StatusOr<std::string> Signer::Presign(absl::Time now, absl::Duration validity,
                                            RequestHead head) const {
  if (validity < kMinValidity || validity > kMaxValidity ||
      validity != absl::Trunc(validity, absl::Seconds(1))) {
    return Refuse(
        absl::StrCat("a presigned URL is valid for 1 second to 7 days, in whole seconds, "
                     "not for ",
                     absl::FormatDuration(validity)));
  }
  if (absl::StrContains(absl::StrCat("&", head.query), "&X-Amz-")) {
    return Refuse("the query has X-Amz- parameters already: sign the URL without them");
  }
  const std::string timestamp = FormatTimestamp(now);
  const Scope scope = {timestamp.substr(0, 8), region_, service_};
  ASSIGN_OR_RETURN(CanonicalRequest request, Begin(head, kUnsignedPayload));
  request.headers = HeadersOf(head);
  const auto encoded = [](absl::string_view text) { return UriEncode(text, Slash::kEncode); };
  absl::StrAppend(&head.query, head.query.empty() ? "" : "&", "X-Amz-Algorithm=", kAlgorithm,
                  "&X-Amz-Credential=",
                  encoded(absl::StrCat(credentials_.access_key_id, "/", scope.ToString())),
                  "&X-Amz-Date=", timestamp, "&X-Amz-Expires=", absl::ToInt64Seconds(validity),
                  "&X-Amz-SignedHeaders=", encoded(request.SignedHeaders()));
  ASSIGN_OR_RETURN(const std::vector<QueryParameter> parameters, SplitQuery(head.query));
  request.query = CanonicalQuery(parameters);
  const std::string signature = Signature(SigningKey(credentials_.secret, scope),
                                          StringToSign(timestamp, scope, request.ToString()));
  return absl::StrCat(head.query, "&X-Amz-Signature=", signature);
}

}  // namespace trebol::sigv4
