#include "client/error_reason.h"

#include "common/base/error.h"

namespace trebol::client {

// The numbers are those of error.proto, which are frozen.
static_assert(static_cast<int>(ErrorReason::kBucketNotFound) == v1::BUCKET_NOT_FOUND);
static_assert(static_cast<int>(ErrorReason::kOverloaded) == v1::OVERLOADED);
static_assert(static_cast<int>(ErrorReason::kInvalidChecksum) == v1::INVALID_CHECKSUM);
static_assert(static_cast<int>(ErrorReason::kBucketOwnedByYou) == v1::BUCKET_OWNED_BY_YOU);
static_assert(static_cast<int>(ErrorReason::kInvalidAccessKey) == v1::INVALID_ACCESS_KEY);
static_assert(static_cast<int>(ErrorReason::kSignatureMismatch) == v1::SIGNATURE_MISMATCH);
static_assert(static_cast<int>(ErrorReason::kAuthorizationMalformed) ==
              v1::AUTHORIZATION_MALFORMED);
static_assert(static_cast<int>(ErrorReason::kOperationUnknown) == v1::OPERATION_UNKNOWN);

ErrorReason ReasonOf(const absl::Status& status) {
  return static_cast<ErrorReason>(::trebol::ReasonOf(status));
}

std::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  return ::trebol::RetryAfterOf(status);
}

absl::string_view ReasonName(ErrorReason reason) {
  return v1::ErrorReason_Name(static_cast<v1::ErrorReason>(reason));
}

absl::Status ErrorWithReason(absl::StatusCode code, ErrorReason reason, absl::string_view message) {
  return MakeError(code, static_cast<v1::ErrorReason>(reason), message);
}

}  // namespace trebol::client
