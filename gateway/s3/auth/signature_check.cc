#include "gateway/s3/auth/signature_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/sigv4/digest.h"
#include "common/sigv4/sigv4.h"

namespace trebol {
namespace {

bool IsSigned(const SignatureClaim& claim, absl::string_view name) {
  return std::binary_search(claim.signed_headers.begin(), claim.signed_headers.end(), name);
}

absl::StatusOr<sigv4::CanonicalRequest> CanonicalRequestOf(
    const SignatureClaim& claim, const RequestHead& head,
    const std::vector<sigv4::QueryParameter>& parameters, absl::string_view payload_hash) {
  sigv4::CanonicalRequest request;
  request.method = head.method;
  ASSIGN_OR_RETURN(request.path, sigv4::CanonicalPath(head.path));
  const bool presigned = claim.form == SignatureForm::kQuery;
  request.query = sigv4::CanonicalQuery(parameters, presigned ? "X-Amz-Signature" : "");
  for (const std::string& name : claim.signed_headers) {
    request.headers.emplace_back(name, sigv4::CanonicalHeader(head, name).value_or(""));
  }
  request.payload_hash = std::string(payload_hash);
  return request;
}

/// How clients write path and query in what they sign: as S3 does, or as they send them.
std::vector<std::pair<std::string, std::string>> SpellingsOf(const SignatureClaim& claim,
                                                             const RequestHead& head,
                                                             const sigv4::CanonicalRequest& seen) {
  std::vector<std::pair<std::string, std::string>> spellings = {{seen.path, seen.query}};
  const std::string& path = head.path.empty() ? seen.path : head.path;
  if (path != seen.path) spellings.emplace_back(path, seen.query);
  // The query of a presigned URL contains the signature, so it is signed as S3 does it or not at
  // all.
  const bool sent_is_signed = claim.form == SignatureForm::kHeader;
  if (sent_is_signed && head.query != seen.query) spellings.emplace_back(path, head.query);
  return spellings;
}

void SetHost(absl::string_view host, sigv4::CanonicalRequest* request) {
  for (auto& [name, value] : request->headers) {
    if (name == "host") value = std::string(host);
  }
}

/// Why Host may be another than the client's, and what to do about it.
std::string HostHint(const RequestHead& head, absl::string_view external_host) {
  const absl::string_view seen = head.Header("host");
  if (!external_host.empty() && external_host != seen) {
    return absl::StrCat(" It does not fit with the host '", external_host,
                        "' of --external-url either.");
  }
  const absl::string_view forwarded = head.Header("x-forwarded-host");
  if (!forwarded.empty() && forwarded != seen) {
    return absl::StrCat(" A proxy says that the client asked for the host '",
                        absl::CHexEscape(forwarded),
                        "': let it pass Host on, or start the gateway with --external-url.");
  }
  for (const char* name : {"forwarded", "via", "x-forwarded-for", "x-real-ip"}) {
    if (head.Count(name) > 0) {
      return absl::StrCat(" The request came through a proxy (it has the header ", name,
                          "): if that changed Host, let it pass Host on, or start the gateway with "
                          "--external-url.");
    }
  }
  return "";
}

absl::Status Mismatch(const SignatureClaim& claim, const RequestHead& head,
                      const sigv4::CanonicalRequest& seen, absl::string_view external_host) {
  return MakeError(
      absl::StatusCode::kPermissionDenied, v1::SIGNATURE_MISMATCH,
      absl::StrCat(
          "The request signature we calculated does not match the signature you provided. Check "
          "the secret of access key '",
          claim.credential.access_key_id, "' and how the client signs. It signed for ",
          claim.timestamp, " and ", claim.credential.scope.ToString(), " the headers '",
          seen.SignedHeaders(), "'. Seen here: ", seen.method, " ", seen.path, ", query '",
          seen.query, "', host '", absl::CHexEscape(head.Header("host")), "', payload hash ",
          seen.payload_hash, "; the SHA-256 of this canonical request is ",
          sigv4::Sha256Hex(seen.ToString()), ".", HostHint(head, external_host)));
}

}  // namespace

absl::Status CheckSignedHeaders(const SignatureClaim& claim, const RequestHead& head) {
  std::vector<std::string> unsigned_names;
  if (!IsSigned(claim, "host")) unsigned_names.push_back("host");
  for (const auto& [name, value] : head.headers) {
    if (absl::StartsWith(name, "x-amz-") && !IsSigned(claim, name)) unsigned_names.push_back(name);
  }
  if (!unsigned_names.empty()) {
    return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED,
                     absl::StrCat("There were headers present in the request which were not "
                                  "signed: ",
                                  absl::StrJoin(unsigned_names, ", ")));
  }
  for (const std::string& name : claim.signed_headers) {
    if (head.Count(name) == 0) {
      return MakeError(absl::StatusCode::kPermissionDenied, v1::SIGNATURE_MISMATCH,
                       absl::StrCat("The header '", name,
                                    "' was signed but did not arrive: the client did not send it, "
                                    "or a proxy took it out"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> CheckSignature(const SignatureClaim& claim, const RequestHead& head,
                                           const std::vector<sigv4::QueryParameter>& parameters,
                                           absl::string_view payload_hash, absl::string_view secret,
                                           absl::string_view external_host) {
  ASSIGN_OR_RETURN(const sigv4::CanonicalRequest seen,
                   CanonicalRequestOf(claim, head, parameters, payload_hash));
  const std::string key = sigv4::SigningKey(secret, claim.credential.scope);
  const auto fits = [&](const sigv4::CanonicalRequest& request) {
    const std::string expected = sigv4::Signature(
        key, sigv4::StringToSign(claim.timestamp, claim.credential.scope, request.ToString()));
    return sigv4::EqualInConstantTime(expected, claim.signature);
  };
  for (const auto& [path, query] : SpellingsOf(claim, head, seen)) {
    sigv4::CanonicalRequest request = seen;
    request.path = path;
    request.query = query;
    if (fits(request)) return *sigv4::CanonicalHeader(head, "host");
    if (external_host.empty()) continue;
    SetHost(external_host, &request);
    if (fits(request)) return std::string(external_host);
  }
  return Mismatch(claim, head, seen, external_host);
}

}  // namespace trebol
