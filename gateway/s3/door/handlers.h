#pragma once

#include "gateway/s3/door/s3_request.h"

namespace trebol {

/// What serves an operation; null for kNotImplemented.
S3Handler HandlerOf(S3Operation operation);

}  // namespace trebol
