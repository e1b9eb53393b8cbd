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

/// A body that is bytes, and how many.
struct IncomingBody {
  std::shared_ptr<BodyReader> reader;
  uint64_t length = 0;  // bytes
};
/// MissingContentLength, EntityTooLarge; errors of S3Body.
absl::StatusOr<IncomingBody> BodyOf(const S3Request& request);

}  // namespace trebol
