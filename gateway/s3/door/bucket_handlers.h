#pragma once

#include "gateway/s3/door/s3_request.h"

namespace trebol {

// Buckets and what they carry; who may use them is in acl_handlers.h.

Task<void> ServeListBuckets(S3RequestPtr request);
Task<void> ServeCreateBucket(S3RequestPtr request);
Task<void> ServeDeleteBucket(S3RequestPtr request);
Task<void> ServeHeadBucket(S3RequestPtr request);
Task<void> ServeGetBucketLocation(S3RequestPtr request);
Task<void> ServeGetBucketVersioning(S3RequestPtr request);
Task<void> ServePutBucketVersioning(S3RequestPtr request);
Task<void> ServeGetBucketTagging(S3RequestPtr request);
Task<void> ServePutBucketTagging(S3RequestPtr request);
Task<void> ServeDeleteBucketTagging(S3RequestPtr request);
Task<void> ServeGetBucketCors(S3RequestPtr request);
Task<void> ServePutBucketCors(S3RequestPtr request);
Task<void> ServeDeleteBucketCors(S3RequestPtr request);
/// A configuration that no bucket here has.
Task<void> ServeProbe(S3RequestPtr request);

}  // namespace trebol
