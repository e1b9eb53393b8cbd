#pragma once

#include "gateway/s3/door/s3_request.h"

namespace trebol {

// Operations that read one object.

Task<void> ServeGetObject(S3RequestPtr request);
Task<void> ServeHeadObject(S3RequestPtr request);
Task<void> ServeGetObjectAttributes(S3RequestPtr request);
Task<void> ServeGetObjectTagging(S3RequestPtr request);
Task<void> ServeGetObjectAcl(S3RequestPtr request);

/// What a failed read of an object says beside its error: of 304 what the client has, of a delete
/// marker that it is one. For requests that answer with an error all the same.
Task<HttpHeaders> HeadersOfFailedRead(S3RequestPtr request, absl::Status status);

}  // namespace trebol
