#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/http/request_head.h"
#include "common/object/cors_rules.h"
#include "gateway/s3/codec/response_headers.h"

namespace trebol {

// Cross-origin resource sharing (WHATWG Fetch, "CORS protocol") by the rules of a bucket: the first
// that fits counts, as in S3. Pure.

/// What the answer to a request from another origin says beside the rest; nothing where no rule
/// fits, or the request names no Origin: browsers then keep the answer from the page. The method is
/// that of Access-Control-Request-Method, if the request names one.
HttpHeaders CorsHeaders(const CorsRules& rules, const RequestHead& head);

/// The answer to a preflight, an OPTIONS request: 200 with what is allowed. BadRequest for one that
/// does not say what it is about; AccessForbidden where no rule fits.
absl::StatusOr<HttpHeaders> PreflightHeaders(const CorsRules& rules, const RequestHead& head);

}  // namespace trebol
