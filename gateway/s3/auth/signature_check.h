#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/http/request_head.h"
#include "common/sigv4/uri_encoding.h"
#include "gateway/s3/auth/signature_claim.h"

namespace trebol {

/// Whether every header that must be signed is, and every signed one is there: Host and all x-amz-
/// headers. ACCESS_DENIED as S3 words it, SIGNATURE_MISMATCH for a signed header that did not
/// arrive.
absl::Status CheckSignedHeaders(const SignatureClaim& claim, const RequestHead& head);

/// Whether the signature is that of this request, made with `secret`; `payload_hash` is what the
/// client put in its place, and CheckSignedHeaders passed. Gives the Host that was signed, or
/// `external_host` where that is not the Host that was seen. SIGNATURE_MISMATCH with what was seen,
/// for the holder of the key only: the caller must not pass it on for an unknown key.
///
/// Path and query count as S3 writes them, or, signed by headers, as they were sent: curl signs
/// that. Either text stands for the same decoded path and the same pairs, so nothing is gained by
/// passing one for the other. '/' and %2F in paths are not told apart.
absl::StatusOr<std::string> CheckSignature(const SignatureClaim& claim, const RequestHead& head,
                                           const std::vector<sigv4::QueryParameter>& parameters,
                                           absl::string_view payload_hash, absl::string_view secret,
                                           absl::string_view external_host);

}  // namespace trebol
