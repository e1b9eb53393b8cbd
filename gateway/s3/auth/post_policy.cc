#include "gateway/s3/auth/post_policy.h"

#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/sigv4/digest.h"
#include "common/sigv4/sigv4.h"
#include "gateway/s3/auth/credential_scope.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using Fields = std::map<std::string, std::string>;

/// Who signed the policy of a form, and the proof.
struct FormClaim {
  std::string access_key_id;
  std::optional<sigv4::Scope> scope;  // nothing: of the old version
  std::string signature;
};

absl::StatusOr<Fields> Folded(const PostForm& form) {
  Fields fields;
  for (const auto& [name, value] : form.fields) {
    const std::string lower = absl::AsciiStrToLower(name);
    if (!fields.emplace(lower, value).second) {
      return S3Only(400, "InvalidArgument",
                    absl::StrCat("POST requires exactly one field '", absl::CHexEscape(lower),
                                 "'; the form has more"));
    }
  }
  return fields;
}

absl::Status MissingField(absl::string_view name) {
  return S3Only(
      400, "InvalidArgument",
      absl::StrCat("Bucket POST must contain a field named '", name,
                   "'.  If it is specified, please check the order of the fields: it must "
                   "stand before the file."));
}

absl::StatusOr<std::optional<FormClaim>> ReadClaim(const Fields& fields,
                                                   const AuthOptions& options) {
  if (fields.contains("x-amz-security-token")) {
    return S3Only(400, "InvalidToken",
                  "The provided token is malformed or otherwise invalid: there are no session "
                  "tokens here; sign with an access key of its own");
  }
  const bool old_version = fields.contains("awsaccesskeyid") || fields.contains("signature");
  const bool new_version = fields.contains("x-amz-signature") ||
                           fields.contains("x-amz-credential") ||
                           fields.contains("x-amz-algorithm");
  if (!fields.contains("policy")) {
    if (old_version || new_version) return MissingField("policy");
    return std::nullopt;
  }
  FormClaim claim;
  if (old_version && !new_version && options.accept_version_2) {
    for (const char* name : {"awsaccesskeyid", "signature"}) {
      if (!fields.contains(name)) return MissingField(name);
    }
    claim.access_key_id = fields.at("awsaccesskeyid");
    claim.signature = fields.at("signature");
    return claim;
  }
  if (old_version) {
    return S3Only(400, "InvalidRequest",
                  "The authorization mechanism you have provided is not supported. Please use "
                  "AWS4-HMAC-SHA256: the fields x-amz-algorithm, x-amz-credential, x-amz-date and "
                  "x-amz-signature.");
  }
  for (const char* name :
       {"X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"}) {
    if (!fields.contains(absl::AsciiStrToLower(name))) return MissingField(name);
  }
  if (fields.at("x-amz-algorithm") != sigv4::kAlgorithm) {
    return MalformedSignature(SignatureForm::kPost, absl::StrCat("X-Amz-Algorithm only supports \"",
                                                                 sigv4::kAlgorithm, "\""));
  }
  const std::string& timestamp = fields.at("x-amz-date");
  if (!sigv4::ParseTimestamp(timestamp)) {
    return MalformedSignature(
        SignatureForm::kPost,
        "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  ASSIGN_OR_RETURN(const CredentialScope credential,
                   ParseCredentialScope(SignatureForm::kPost, fields.at("x-amz-credential"),
                                        timestamp, options.region));
  claim.access_key_id = credential.access_key_id;
  claim.scope = credential.scope;
  claim.signature = fields.at("x-amz-signature");
  return claim;
}

/// The policy itself is what is signed, in base64 as it was sent.
std::string ExpectedSignature(const FormClaim& claim, absl::string_view policy,
                              absl::string_view secret) {
  if (!claim.scope) return absl::Base64Escape(sigv4::HmacSha1(secret, policy));
  return sigv4::Signature(sigv4::SigningKey(secret, *claim.scope), policy);
}

absl::StatusOr<PostPermit> Check(const FormClaim& claim, std::optional<AccessKey> key,
                                 const PostForm& form, const Fields& fields, absl::Time now) {
  const std::string& policy = fields.at("policy");
  const bool fits = sigv4::EqualInConstantTime(ExpectedSignature(claim, policy, SecretOrDecoy(key)),
                                               claim.signature);
  if (!CanSign(key)) return UnknownAccessKey(claim.access_key_id);
  if (!fits) {
    return MakeError(
        absl::StatusCode::kPermissionDenied, v1::SIGNATURE_MISMATCH,
        absl::StrCat("The request signature we calculated does not match the signature you "
                     "provided. Check the secret of access key '",
                     key->id, "'; what is signed is the field policy, in base64, of which ",
                     policy.size(), " bytes with the SHA-256 ", sigv4::Sha256Hex(policy),
                     " arrived"));
  }
  RETURN_IF_ERROR(CheckNotExpired(*key, now));
  PostPermit permit;
  ASSIGN_OR_RETURN(permit.size, CheckPolicy(policy, form.bucket,
                                            PolicyFields(fields.begin(), fields.end()), now));
  permit.signer = {false, *std::move(key)};
  permit.signer.key.secret.clear();
  return permit;
}

}  // namespace

Task<PostPermit> AuthenticatePost(RequestContextPtr context, PostForm form, absl::Time now,
                                  AuthOptions options, CredentialSource* source) {
  CO_ASSIGN_OR_RETURN(const Fields fields, Folded(form));
  CO_ASSIGN_OR_RETURN(const std::optional<FormClaim> claim, ReadClaim(fields, options));
  if (!claim) co_return PostPermit();
  CO_ASSIGN_OR_RETURN(std::optional<AccessKey> key,
                      co_await source->Find(context, claim->access_key_id));
  co_return Check(*claim, std::move(key), form, fields, now);
}

}  // namespace trebol
