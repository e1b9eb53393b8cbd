#include "gateway/s3/auth/authenticate.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/sigv4/sigv4.h"
#include "common/sigv4/uri_encoding.h"
#include "gateway/s3/auth/old_signature.h"
#include "gateway/s3/auth/signature_check.h"
#include "gateway/s3/auth/signature_claim.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

/// A request whose signature is about to be checked.
struct Claimed {
  SignatureClaim claim;
  std::vector<sigv4::QueryParameter> parameters;
  std::string payload_hash;  // as it was signed
  PayloadRule payload;
};

bool IsGraph(char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); }
bool IsControl(char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\t'; }

bool IsName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return IsGraph(c) && c != ':' && !absl::ascii_isupper(static_cast<unsigned char>(c));
  });
}

/// The lines of a canonical request must not be movable: no part may contain a line feed.
absl::Status CheckText(const RequestHead& head) {
  const bool from_the_root = head.path.empty() || head.path.front() == '/' || head.path == "*";
  bool right = from_the_root && !head.method.empty() &&
               std::all_of(head.method.begin(), head.method.end(), IsGraph) &&
               std::none_of(head.path.begin(), head.path.end(),
                            [](char c) { return IsControl(c) || c == ' ' || c == '\t'; });
  for (const auto& [name, value] : head.headers) {
    right = right && IsName(name) && std::none_of(value.begin(), value.end(), IsControl);
  }
  if (right) return absl::OkStatus();
  return S3Only(400, "InvalidRequest",
                "the request line or a header contains characters that HTTP does not allow there");
}

absl::Status InvalidUri(const absl::Status& why) {
  return S3Only(400, "InvalidURI",
                absl::StrCat("Couldn't parse the specified URI: ", why.message()));
}

/// What stands for the payload's hash: the header, which only presigned URLs may lack; in those,
/// the parameter of the same name.
absl::StatusOr<std::string> PayloadHashOf(const SignatureClaim& claim, const RequestHead& head,
                                          const std::vector<sigv4::QueryParameter>& parameters) {
  std::optional<std::string> hash = sigv4::CanonicalHeader(head, "x-amz-content-sha256");
  if (claim.form != SignatureForm::kQuery) {
    if (hash) return *hash;
    return S3Only(400, "InvalidRequest",
                  "Missing required header for this request: x-amz-content-sha256");
  }
  for (const sigv4::QueryParameter& parameter : parameters) {
    if (parameter.name != "X-Amz-Content-Sha256") continue;
    if (hash && *hash != parameter.value) {
      return S3Only(400, "InvalidArgument",
                    "the request gives two different values of x-amz-content-sha256; give one");
    }
    hash = parameter.value;
  }
  return hash.value_or(std::string(sigv4::kUnsignedPayload));
}

/// The rule of a body that nobody signed for.
absl::StatusOr<PayloadRule> AnonymousPayload(const RequestHead& head) {
  const auto hash = sigv4::CanonicalHeader(head, "x-amz-content-sha256");
  if (!hash) return PayloadRule();
  ASSIGN_OR_RETURN(PayloadRule rule, ParsePayloadRule(*hash));
  if (rule.ChunksAreSigned()) {
    return S3Only(400, "InvalidRequest",
                  "the chunks of a body can only be signed where its head is: sign the request, or "
                  "send the body unsigned");
  }
  return rule;
}

/// All that can be said without the key; nothing for an anonymous request.
absl::StatusOr<std::optional<Claimed>> Read(const RequestHead& head, const AuthOptions& options,
                                            absl::Time now) {
  RETURN_IF_ERROR(CheckText(head));
  if (const auto path = sigv4::CanonicalPath(head.path); !path.ok()) {
    return InvalidUri(path.status());
  }
  auto parameters = sigv4::SplitQuery(head.query);
  if (!parameters.ok()) return InvalidUri(parameters.status());
  ASSIGN_OR_RETURN(std::optional<SignatureClaim> claim,
                   ReadSignatureClaim(head, *parameters, options.region, now));
  if (!claim) return std::nullopt;
  Claimed claimed = {*std::move(claim), *std::move(parameters), "", {}};
  ASSIGN_OR_RETURN(claimed.payload_hash, PayloadHashOf(claimed.claim, head, claimed.parameters));
  ASSIGN_OR_RETURN(claimed.payload, ParsePayloadRule(claimed.payload_hash));
  if (claimed.claim.form == SignatureForm::kQuery &&
      claimed.payload.kind == PayloadRule::Kind::kUnsigned) {
    claimed.payload.kind = PayloadRule::Kind::kPresigned;
  }
  RETURN_IF_ERROR(CheckSignedHeaders(claimed.claim, head));
  return claimed;
}

absl::StatusOr<Authenticated> Check(Claimed claimed, const RequestHead& head,
                                    const AuthOptions& options, std::optional<AccessKey> key,
                                    absl::Time now) {
  const SignatureClaim& claim = claimed.claim;
  const std::string secret = SecretOrDecoy(key);
  auto host = CheckSignature(claim, head, claimed.parameters, claimed.payload_hash, secret,
                             options.external_host);
  if (!CanSign(key)) return UnknownAccessKey(claim.credential.access_key_id);
  if (!host.ok()) return host.status();
  RETURN_IF_ERROR(CheckNotExpired(*key, now));
  Authenticated result;
  result.host = *std::move(host);
  result.payload = std::move(claimed.payload);
  if (result.payload.ChunksAreSigned()) {
    result.payload.seed = {sigv4::SigningKey(secret, claim.credential.scope), claim.timestamp,
                           claim.credential.scope.ToString(), claim.signature};
  }
  result.signer = {false, *std::move(key)};
  result.signer.key.secret.clear();
  return result;
}

absl::StatusOr<std::optional<OldClaim>> ReadOld(const RequestHead& head,
                                                absl::string_view virtual_bucket, absl::Time now) {
  const auto parameters = sigv4::SplitQuery(head.query);
  if (!parameters.ok()) return InvalidUri(parameters.status());
  ASSIGN_OR_RETURN(std::optional<OldClaim> claim,
                   ReadOldClaim(head, *parameters, virtual_bucket, now));
  if (claim.has_value()) RETURN_IF_ERROR(CheckText(head));
  return claim;
}

absl::StatusOr<Authenticated> CheckOld(const OldClaim& claim, const RequestHead& head,
                                       std::optional<AccessKey> key, absl::Time now) {
  const absl::Status right = CheckOldSignature(claim, SecretOrDecoy(key));
  if (!CanSign(key)) return UnknownAccessKey(claim.access_key_id);
  RETURN_IF_ERROR(right);
  RETURN_IF_ERROR(CheckNotExpired(*key, now));
  Authenticated result;
  ASSIGN_OR_RETURN(result.payload, AnonymousPayload(head));
  if (result.payload.kind == PayloadRule::Kind::kUnsigned) {
    result.payload.kind = PayloadRule::Kind::kPresigned;
  }
  result.host = std::string(head.Header("host"));
  result.signer = {false, *std::move(key)};
  result.signer.key.secret.clear();
  return result;
}

}  // namespace

Task<Authenticated> Authenticate(RequestContextPtr context, RequestHead head, absl::Time now,
                                 AuthOptions options, CredentialSource* source,
                                 std::string virtual_bucket) {
  if (options.accept_version_2) {
    CO_ASSIGN_OR_RETURN(const std::optional<OldClaim> old, ReadOld(head, virtual_bucket, now));
    if (old.has_value()) {
      CO_ASSIGN_OR_RETURN(std::optional<AccessKey> key,
                          co_await source->Find(context, old->access_key_id));
      co_return CheckOld(*old, head, std::move(key), now);
    }
  }
  CO_ASSIGN_OR_RETURN(std::optional<Claimed> claimed, Read(head, options, now));
  if (!claimed) {
    Authenticated anonymous;
    CO_ASSIGN_OR_RETURN(anonymous.payload, AnonymousPayload(head));
    anonymous.host = std::string(head.Header("host"));
    co_return anonymous;
  }
  CO_ASSIGN_OR_RETURN(std::optional<AccessKey> key,
                      co_await source->Find(context, claimed->claim.credential.access_key_id));
  co_return Check(*std::move(claimed), head, options, std::move(key), now);
}

}  // namespace trebol
