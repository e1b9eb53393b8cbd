#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/http/request_head.h"
#include "common/sigv4/uri_encoding.h"

/// The steps of Signature Version 4 as S3 wants them (AWS: "Authenticating Requests: Using the
/// Authorization Header" and "Using Query Parameters"). Pure, thread-safe functions of text.
namespace trebol::sigv4 {

inline constexpr absl::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr absl::string_view kTerminator = "aws4_request";

// What may stand for the SHA-256 of a payload.
inline constexpr absl::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr absl::string_view kStreamingSigned = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
inline constexpr absl::string_view kStreamingSignedTrailer =
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
inline constexpr absl::string_view kStreamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// How old the youngest and the oldest presigned URL may become.
inline constexpr absl::Duration kMinValidity = absl::Seconds(1);
inline constexpr absl::Duration kMaxValidity = absl::Hours(7 * 24);

/// YYYYMMDDTHHMMSSZ, as in x-amz-date.
std::string FormatTimestamp(absl::Time time);
/// Nothing for any other form, and for what is no date.
std::optional<absl::Time> ParseTimestamp(absl::string_view text);

/// What a signing key is good for.
struct Scope {
  std::string date;  // YYYYMMDD
  std::string region;
  std::string service = "s3";

  /// "20130524/us-east-1/s3/aws4_request"
  std::string ToString() const;
};

/// 32 raw bytes. Whoever has them can sign for this scope, so they are as secret as the secret.
std::string SigningKey(absl::string_view secret, const Scope& scope);

/// The form of a request that is hashed. The members are canonical already.
struct CanonicalRequest {
  std::string method;
  std::string path;
  std::string query;
  std::vector<std::pair<std::string, std::string>> headers;  // the signed ones, sorted by name
  std::string payload_hash;

  /// "host;x-amz-date"
  std::string SignedHeaders() const;
  std::string ToString() const;
};

/// The path decoded once and encoded again as UriEncode does it. S3 does not normalise: dots and
/// empty segments stay. "/" for an empty path. INVALID_ARGUMENT for a malformed escape.
absl::StatusOr<std::string> CanonicalPath(absl::string_view raw_path);

/// Encoded names and values, sorted by both; without the parameter named `leave_out`.
std::string CanonicalQuery(const std::vector<QueryParameter>& parameters,
                           absl::string_view leave_out = "");

/// The values of all headers of this name, each trimmed and with inner runs of blanks collapsed,
/// joined by ','. Quotation marks protect nothing. Nothing when there is no such header.
std::optional<std::string> CanonicalHeader(const RequestHead& head, absl::string_view name);

std::string StringToSign(absl::string_view timestamp, const Scope& scope,
                         absl::string_view canonical_request);

/// 64 lower-case hexadecimal digits.
std::string Signature(absl::string_view signing_key, absl::string_view string_to_sign);

}  // namespace trebol::sigv4
