#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace trebol::client {

/// Why a call failed, more exactly than the code of its status says. New ones may appear: treat
/// those that you do not know as the code says.
enum class ErrorReason : int {
  kUnspecified = 0,

  kBucketNotFound = 1,
  kObjectNotFound = 2,
  kBucketAlreadyExists = 3,
  kBucketNotEmpty = 4,
  kInvalidBucketName = 5,
  kInvalidObjectKey = 6,
  kInvalidRange = 7,
  kInvalidPageToken = 8,
  kInvalidArgument = 9,
  kChecksumMismatch = 10,
  kBodyLengthMismatch = 11,
  kUserMetadataTooLarge = 12,
  kObjectTooLarge = 13,
  kPreconditionFailed = 14,
  kNotModified = 15,
  kUploadNotFound = 16,
  kInvalidPart = 17,
  kInvalidPartOrder = 18,
  kTooManyParts = 19,
  kInvalidTag = 20,
  kInvalidVersion = 21,
  kVersionNotFound = 22,
  kIsDeleteMarker = 23,
  kUploadChanged = 24,
  kInvalidUploadState = 25,
  kInvalidChecksum = 26,
  kBucketOwnedByYou = 27,
  kBucketReplaced = 28,
  kPartTooSmall = 29,

  kQuorumNotMet = 30,     // not enough copies became durable; the write did not happen
  kDataUnavailable = 31,  // no good copy of the bytes can be reached

  kNodeNotFound = 56,   // no storage node is meant by this name, or more than one
  kChangeRefused = 57,  // the change would cost safety or cannot be; nothing was done
  kJobNotFound = 58,    // no job that goes on has this id

  kSessionClosed = 70,
  kSessionUnknown = 71,
  kOperationUnknown = 72,  // it may have happened or not, and nobody can tell any more

  kDiskFull = 90,
  kOverloaded = 92,
  kNotReady = 93,

  kAccessDenied = 110,
  kAccessKeyUnknown = 111,
  kAccessKeyExpired = 112,
  kSignatureMismatch = 113,
  kRequestTimeSkewed = 114,  // dated more than 15 minutes from the server's time
  kAuthorizationMalformed = 116,
  kQuotaExceeded = 118,
  kAccessKeyExists = 119,  // with another secret, or of another user
  kInvalidAccessKey = 120,
};

/// How long the server wants to be left alone before the call is repeated, at least; nothing: it
/// did not say. A Client has waited for that already, as often as it repeats.
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);

/// kUnspecified for a status without one, such as OK or a connection that broke.
ErrorReason ReasonOf(const absl::Status& status);

/// As in error.proto: "PRECONDITION_FAILED"; "" for a number that has no name here.
absl::string_view ReasonName(ErrorReason reason);

/// A status as the servers make it. For tests that play a failure.
absl::Status ErrorWithReason(absl::StatusCode code, ErrorReason reason, absl::string_view message);

}  // namespace trebol::client
