#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "trebol/v1/error.pb.h"

namespace trebol {

using v1::ErrorReason;

/// A status with a typed reason beside its canonical code. The message names the thing, the value
/// and the remedy. `attachment` travels with it (see ErrorDetail).
absl::Status MakeError(absl::StatusCode code, ErrorReason reason, absl::string_view message,
                       absl::string_view attachment = "");

/// ERROR_REASON_UNSPECIFIED for a status that carries none.
ErrorReason ReasonOf(const absl::Status& status);
std::string AttachmentOf(const absl::Status& status);

/// The same with a hint how long to wait, at least, before the call is repeated (RetryInfo).
absl::Status WithRetryAfter(absl::Status status, absl::Duration wait);
/// Nothing for a status without a hint, or with one that makes no sense.
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);

/// True when a call that ended so may have taken effect, or may succeed when repeated as it is.
/// UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN and INTERNAL; every other code is definite.
bool IsAmbiguous(const absl::Status& status);

/// Where the details are kept inside a status, and how gRPC names their types.
inline constexpr absl::string_view kErrorDetailUrl = "type.googleapis.com/trebol.v1.ErrorDetail";
inline constexpr absl::string_view kRetryInfoUrl = "type.googleapis.com/google.rpc.RetryInfo";

/// The same code and detail with `context` and ": " before the message.
absl::Status Annotate(const absl::Status& status, absl::string_view context);

}  // namespace trebol
