#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "common/http/request_head.h"

namespace trebol::sigv4 {

// Signatures of gRPC calls: Signature Version 4 with a service of its own, of a request that stands
// for the call: POST, the method's full name as its path, no query, an unsigned payload, and a Host
// that is the same for every gateway, since a call may go through any. So a signature is good for
// one method, for the time that version 4 allows. Signed are the headers host and x-amz-date; a
// signer that is made for S3 may sign x-amz-content-sha256, UNSIGNED-PAYLOAD, beside them.

/// Of the credential scope.
inline constexpr absl::string_view kCallService = "trebol";
/// Calls know no regions.
inline constexpr absl::string_view kCallRegion = "us-east-1";
inline constexpr absl::string_view kCallHost = "trebol";

// What of it travels, as metadata of the call.
inline constexpr absl::string_view kCallDate = "x-amz-date";
inline constexpr absl::string_view kCallAuthorization = "authorization";

/// The request that stands for a call of `method` ("/package.Service/Method"), without date and
/// signature. Pure.
inline RequestHead HeadOfCall(absl::string_view method) {
  return {"POST", std::string(method), "", {{"host", std::string(kCallHost)}}};
}

}  // namespace trebol::sigv4
