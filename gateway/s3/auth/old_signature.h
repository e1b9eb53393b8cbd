#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/http/request_head.h"
#include "common/sigv4/uri_encoding.h"

namespace trebol {

/// A presigned URL of the old version 2 (AWS: "Signing and Authenticating REST Requests", query
/// string authentication), which boto3 still makes unless it is told otherwise. A value.
struct OldClaim {
  std::string access_key_id;
  std::string signature;  // base64
  std::string text;       // what had to be signed
};

/// Nothing where the query has no such signature. The old version leaves much of a request
/// unsigned; a URL is refused that has any of that: parameters that it does not sign, and values
/// that could be read as two of them. `virtual_bucket`: that of the Host, empty for a bucket in the
/// path. ACCESS_DENIED for a malformed or too far end of its time (7 days, as of version 4),
/// REQUEST_EXPIRED after it, InvalidRequest for what is not signed.
absl::StatusOr<std::optional<OldClaim>> ReadOldClaim(
    const RequestHead& head, const std::vector<sigv4::QueryParameter>& parameters,
    absl::string_view virtual_bucket, absl::Time now);

/// SIGNATURE_MISMATCH with what was seen, for the holder of the key only.
absl::Status CheckOldSignature(const OldClaim& claim, absl::string_view secret);

}  // namespace trebol
