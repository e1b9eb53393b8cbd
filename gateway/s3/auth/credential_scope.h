#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/sigv4/sigv4.h"

namespace trebol {

/// Where a signature stands: in the header Authorization, in the query, in the fields of a form.
enum class SignatureForm { kHeader, kQuery, kPost };

/// What is said of a signature that cannot be read: AUTHORIZATION_MALFORMED of a header, S3's
/// AuthorizationQueryParametersError of a query, InvalidArgument of a form.
absl::Status MalformedSignature(SignatureForm form, absl::string_view what);

/// Whose key it is, and for what.
struct CredentialScope {
  std::string access_key_id;
  sigv4::Scope scope;
};

/// "ID/YYYYMMDD/REGION/SERVICE/aws4_request"; the id may contain slashes. The date must be the day
/// of `timestamp` (YYYYMMDDTHHMMSSZ). Regions that pass: `region`, "us-east-1", which clients sign
/// for when nobody told them, and an empty one. Any other is refused as S3 does it, with the
/// expected one in the message and as the attachment of the error: clients repeat the call with
/// that. Errors as MalformedSignature.
absl::StatusOr<CredentialScope> ParseCredentialScope(SignatureForm form, absl::string_view text,
                                                     absl::string_view timestamp,
                                                     absl::string_view region,
                                                     absl::string_view service = "s3");

}  // namespace trebol
