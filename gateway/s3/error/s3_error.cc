#include "gateway/s3/error/s3_error.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/error.h"

namespace trebol {
namespace {

// Inside of a process only: "STATUS CODE".
constexpr absl::string_view kS3OnlyUrl = "trebol/s3-only";

struct Row {
  ErrorReason reason;
  int http_status;
  const char* code;
};

constexpr Row kRows[] = {
    {v1::BUCKET_NOT_FOUND, 404, "NoSuchBucket"},
    {v1::OBJECT_NOT_FOUND, 404, "NoSuchKey"},
    {v1::BUCKET_ALREADY_EXISTS, 409, "BucketAlreadyExists"},
    {v1::BUCKET_OWNED_BY_YOU, 409, "BucketAlreadyOwnedByYou"},
    {v1::BUCKET_NOT_EMPTY, 409, "BucketNotEmpty"},
    {v1::INVALID_BUCKET_NAME, 400, "InvalidBucketName"},
    {v1::INVALID_OBJECT_KEY, 400, "InvalidArgument"},
    {v1::INVALID_RANGE, 416, "InvalidRange"},
    {v1::INVALID_PAGE_TOKEN, 400, "InvalidArgument"},
    {v1::INVALID_ARGUMENT, 400, "InvalidArgument"},
    {v1::CHECKSUM_MISMATCH, 400, "BadDigest"},
    {v1::BODY_LENGTH_MISMATCH, 400, "IncompleteBody"},
    {v1::USER_METADATA_TOO_LARGE, 400, "MetadataTooLarge"},
    {v1::OBJECT_TOO_LARGE, 400, "EntityTooLarge"},
    {v1::PRECONDITION_FAILED, 412, "PreconditionFailed"},
    {v1::NOT_MODIFIED, 304, ""},
    {v1::UPLOAD_NOT_FOUND, 404, "NoSuchUpload"},
    {v1::INVALID_PART, 400, "InvalidPart"},
    {v1::INVALID_PART_ORDER, 400, "InvalidPartOrder"},
    {v1::TOO_MANY_PARTS, 400, "InvalidArgument"},
    {v1::INVALID_TAG, 400, "InvalidTag"},
    {v1::INVALID_VERSION, 400, "InvalidArgument"},
    {v1::VERSION_NOT_FOUND, 404, "NoSuchVersion"},
    {v1::IS_DELETE_MARKER, 405, "MethodNotAllowed"},
    {v1::UPLOAD_CHANGED, 409, "OperationAborted"},
    {v1::BUCKET_REPLACED, 409, "OperationAborted"},
    {v1::PART_TOO_SMALL, 400, "EntityTooSmall"},
    {v1::INVALID_UPLOAD_STATE, 404, "NoSuchUpload"},
    {v1::INVALID_CHECKSUM, 400, "InvalidRequest"},
    {v1::DISK_FULL, 507, "XTrebolStorageFull"},
    {v1::OVERLOADED, 503, "SlowDown"},
    {v1::QUOTA_EXCEEDED, 400, "QuotaExceeded"},
    {v1::ACCESS_KEY_EXISTS, 409, "EntityAlreadyExists"},
    {v1::INVALID_ACCESS_KEY, 400, "InvalidArgument"},
    {v1::INVALID_CORS, 400, "InvalidRequest"},
    {v1::ACCESS_DENIED, 403, "AccessDenied"},
    {v1::ACCESS_KEY_UNKNOWN, 403, "InvalidAccessKeyId"},
    {v1::ACCESS_KEY_EXPIRED, 403, "InvalidAccessKeyId"},
    {v1::SIGNATURE_MISMATCH, 403, "SignatureDoesNotMatch"},
    {v1::REQUEST_TIME_SKEWED, 403, "RequestTimeTooSkewed"},
    {v1::REQUEST_EXPIRED, 403, "AccessDenied"},
    {v1::AUTHORIZATION_MALFORMED, 400, "AuthorizationHeaderMalformed"},
    {v1::CONTENT_HASH_MISMATCH, 400, "XAmzContentSHA256Mismatch"},
};

absl::StatusCode CanonicalCode(int http_status) {
  switch (http_status) {
    case 400:
    case 411:
    case 413:
      return absl::StatusCode::kInvalidArgument;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 409:
    case 412:
      return absl::StatusCode::kFailedPrecondition;
    case 416:
      return absl::StatusCode::kOutOfRange;
    case 405:
    case 501:
      return absl::StatusCode::kUnimplemented;
    default:
      return http_status < 500 ? absl::StatusCode::kInvalidArgument
                               : absl::StatusCode::kUnavailable;
  }
}

/// Statuses without a reason, and with one that only servers tell each other.
S3Error ByCanonicalCode(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return {400, "InvalidArgument", std::string(status.message())};
    case absl::StatusCode::kOutOfRange:
      return {416, "InvalidRange", std::string(status.message())};
    case absl::StatusCode::kPermissionDenied:
      return {403, "AccessDenied", std::string(status.message())};
    case absl::StatusCode::kAborted:
      return {409, "OperationAborted", std::string(status.message())};
    case absl::StatusCode::kUnimplemented:
      return {501, "NotImplemented", std::string(status.message())};
    case absl::StatusCode::kResourceExhausted:
      return {503, "SlowDown", "reduce your request rate"};
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return {503, "ServiceUnavailable", "the cluster cannot answer now; try again"};
    default:
      return {500, "InternalError", "we met an internal error; try again"};
  }
}

}  // namespace

S3Error ToS3Error(const absl::Status& status) {
  S3Error error;
  if (const auto only = status.GetPayload(kS3OnlyUrl)) {
    const std::string text(*only);
    const size_t blank = text.find(' ');
    (void)absl::SimpleAtoi(text.substr(0, blank), &error.http_status);
    error.code = text.substr(blank + 1);
    error.message = std::string(status.message());
    return error;
  }
  const ErrorReason reason = ReasonOf(status);
  const Row* const row = std::find_if(std::begin(kRows), std::end(kRows),
                                      [&](const Row& each) { return each.reason == reason; });
  error = row != std::end(kRows)
              ? S3Error{row->http_status, row->code, std::string(status.message())}
              : ByCanonicalCode(status);
  if (const auto wait = RetryAfterOf(status)) {
    error.retry_after_seconds = static_cast<int>(
        std::clamp<int64_t>(absl::ToInt64Seconds(absl::Ceil(*wait, absl::Seconds(1))), 1, 3600));
  }
  return error;
}

absl::Status S3Only(int http_status, absl::string_view code, absl::string_view message) {
  absl::Status status(CanonicalCode(http_status), message);
  status.SetPayload(kS3OnlyUrl, absl::Cord(absl::StrCat(http_status, " ", code)));
  return status;
}

}  // namespace trebol
