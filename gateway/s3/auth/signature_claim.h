#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/http/request_head.h"
#include "common/sigv4/sigv4.h"
#include "common/sigv4/uri_encoding.h"
#include "gateway/s3/auth/credential_scope.h"

namespace trebol {

/// Who a request says it is from, and the proof it offers. Well-formed and of this time; whether
/// the proof is one is not known yet.
struct SignatureClaim {
  SignatureForm form = SignatureForm::kHeader;
  CredentialScope credential;
  std::vector<std::string> signed_headers;  // sorted, lower case, each once; "host" among them
  std::string signature;                    // as sent
  std::string timestamp;                    // YYYYMMDDTHHMMSSZ
  absl::Time time;                          // the same
  absl::Duration validity;                  // of a presigned URL
};

/// Reads Authorization or the X-Amz- parameters of a presigned URL; nothing where there is neither.
/// `parameters` are those of the query. Only AWS4-HMAC-SHA256 is known; the older version 2 gets an
/// answer that says so. Errors: InvalidArgument for both at once, InvalidRequest for other
/// algorithms, InvalidToken for a session token (there are none here), ACCESS_DENIED for no date
/// and for one that is none, REQUEST_TIME_SKEWED for headers dated more than 15 minutes from `now`,
/// REQUEST_EXPIRED for a URL after its time, ACCESS_DENIED for one before it, else
/// MalformedSignature.
absl::StatusOr<std::optional<SignatureClaim>> ReadSignatureClaim(
    const RequestHead& head, const std::vector<sigv4::QueryParameter>& parameters,
    absl::string_view region, absl::Time now, absl::string_view service = "s3");

}  // namespace trebol
