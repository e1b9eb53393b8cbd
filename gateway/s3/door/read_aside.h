#pragma once

#include <memory>

#include "gateway/object/body_pipe.h"
#include "gateway/s3/door/s3_request.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Begins to read an object for an operation that stores what comes, and goes on by itself until
/// all is in the pipe or nobody wants it any more. The caller closes its side (CloseReading).
std::shared_ptr<BodyPipe> ReadAside(S3RequestPtr request, v1::GetObjectRequest get);

}  // namespace trebol
