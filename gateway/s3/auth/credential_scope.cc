#include "gateway/s3/auth/credential_scope.h"

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr absl::string_view kUsualRegion = "us-east-1";
constexpr size_t kDateSize = 8;        // YYYYMMDD
constexpr size_t kMaxIdSize = 256;     // of an access key, in bytes
constexpr size_t kMaxRegionSize = 64;  // in bytes

std::string Shown(absl::string_view text) { return absl::CHexEscape(text.substr(0, kMaxIdSize)); }

absl::Status WrongRegion(SignatureForm form, absl::string_view region, absl::string_view expected) {
  const std::string what =
      absl::StrCat("the region '", Shown(region), "' is wrong; expecting '", expected, "'");
  const absl::Status status = MalformedSignature(form, what);
  if (form != SignatureForm::kHeader) return status;
  return MakeError(status.code(), v1::AUTHORIZATION_MALFORMED, status.message(), expected);
}

}  // namespace

absl::Status MalformedSignature(SignatureForm form, absl::string_view what) {
  switch (form) {
    case SignatureForm::kQuery:
      return S3Only(400, "AuthorizationQueryParametersError", what);
    case SignatureForm::kPost:
      return S3Only(400, "InvalidArgument", what);
    case SignatureForm::kHeader:
      break;
  }
  return MakeError(absl::StatusCode::kInvalidArgument, v1::AUTHORIZATION_MALFORMED,
                   absl::StrCat("The authorization header is malformed; ", what));
}

absl::StatusOr<CredentialScope> ParseCredentialScope(SignatureForm form, absl::string_view text,
                                                     absl::string_view timestamp,
                                                     absl::string_view region,
                                                     absl::string_view service) {
  std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  if (parts.size() < 5) {
    return MalformedSignature(
        form, absl::StrCat("the Credential is mal-formed; expecting "
                           "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\", got \"",
                           Shown(text), "\""));
  }
  const auto scope = parts.end() - 4;
  CredentialScope credential;
  credential.access_key_id = absl::StrJoin(parts.begin(), scope, "/");
  credential.scope = {std::string(scope[0]), std::string(scope[1]), std::string(scope[2])};
  if (credential.access_key_id.empty() || credential.access_key_id.size() > kMaxIdSize) {
    return MalformedSignature(form, absl::StrCat("the access key id in the Credential must have 1 "
                                                 "to ",
                                                 kMaxIdSize, " bytes"));
  }
  if (scope[3] != sigv4::kTerminator) {
    return MalformedSignature(
        form, absl::StrCat("the Credential must end with \"", sigv4::kTerminator, "\", not \"",
                           Shown(scope[3]), "\""));
  }
  if (scope[2] != service) {
    return MalformedSignature(
        form, absl::StrCat("incorrect service \"", Shown(scope[2]),
                           "\" in the Credential. This endpoint belongs to \"", service, "\"."));
  }
  if (scope[0] != timestamp.substr(0, kDateSize)) {
    return MalformedSignature(form, absl::StrCat("Invalid credential date \"", Shown(scope[0]),
                                                 "\". This is not the same date as X-Amz-Date: \"",
                                                 timestamp.substr(0, kDateSize), "\"."));
  }
  const absl::string_view given = scope[1];
  if (given.size() > kMaxRegionSize ||
      (!given.empty() && given != region && given != kUsualRegion)) {
    return WrongRegion(form, given, region.empty() ? kUsualRegion : region);
  }
  return credential;
}

}  // namespace trebol
