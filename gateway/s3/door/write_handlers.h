#pragma once

#include "gateway/s3/door/s3_request.h"

namespace trebol {

// Operations that change objects.

Task<void> ServePutObject(S3RequestPtr request);
Task<void> ServeCopyObject(S3RequestPtr request);
Task<void> ServeDeleteObject(S3RequestPtr request);
Task<void> ServeDeleteObjects(S3RequestPtr request);
Task<void> ServePutObjectTagging(S3RequestPtr request);
Task<void> ServeDeleteObjectTagging(S3RequestPtr request);

/// What a body that is bytes says of itself: InvalidRequest without a length that is known before.
struct IncomingBody {
  std::shared_ptr<BodyReader> reader;
  uint64_t length = 0;  // bytes
};
/// MissingContentLength, EntityTooLarge; errors of S3Body.
absl::StatusOr<IncomingBody> BodyOf(const S3Request& request);

/// Whether an answer to a write names the version.
bool NamesVersion(const S3Request& request, const v1::ObjectInfo& info);

}  // namespace trebol
