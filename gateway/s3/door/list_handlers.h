#pragma once

#include "gateway/s3/door/s3_request.h"

namespace trebol {

// Listings of a bucket.

Task<void> ServeListObjects(S3RequestPtr request);
Task<void> ServeListObjectsV2(S3RequestPtr request);
Task<void> ServeListObjectVersions(S3RequestPtr request);
Task<void> ServeListMultipartUploads(S3RequestPtr request);

}  // namespace trebol
