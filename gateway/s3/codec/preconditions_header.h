#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/http/request_head.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Conditional headers (RFC 9110, section 13.1) as messages. Etags lose their quotes; without
/// quotes they are taken as they stand, as S3 does. Of `W/"x"` the x counts where etags are
/// compared weakly (none-match); where strongly (match) it is kept whole, and so is none that we
/// give. A date that is none is ignored, as the RFC says, and so is an if-modified-since later than
/// `now`. InvalidArgument for a list without an etag: ignoring it would drop a condition. Pure,
/// thread-safe.

/// If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since of a read.
absl::StatusOr<v1::Preconditions> ReadPreconditions(const RequestHead& head, absl::Time now);

/// If-Match and If-None-Match of a write. If-Modified-Since means nothing there (RFC 9110);
/// If-Unmodified-Since would, and is refused as NotImplemented.
absl::StatusOr<v1::Preconditions> WritePreconditions(const RequestHead& head);

/// x-amz-copy-source-if-match and its three sisters.
absl::StatusOr<v1::Preconditions> CopySourcePreconditions(const RequestHead& head, absl::Time now);

}  // namespace trebol
