#pragma once

#include "gateway/s3/door/s3_request.h"

namespace trebol {

// Uploads in parts.

Task<void> ServeCreateMultipartUpload(S3RequestPtr request);
Task<void> ServeUploadPart(S3RequestPtr request);
Task<void> ServeUploadPartCopy(S3RequestPtr request);
Task<void> ServeListParts(S3RequestPtr request);
Task<void> ServeCompleteMultipartUpload(S3RequestPtr request);
Task<void> ServeAbortMultipartUpload(S3RequestPtr request);

}  // namespace trebol
