#pragma once

#include <string>

#include "gateway/s3/door/s3_request.h"

namespace trebol {

struct PartCopied {
  v1::PartInfo part;
  std::string source_version;  // empty: the source has no versions
};

/// UploadPartCopy: reads an object, or the range of it that x-amz-copy-source-range names, and
/// stores what comes as a part; neither runs ahead of the other. InvalidRange where the source is
/// shorter than the range, and errors of ReadCopySource and of both operations.
Task<PartCopied> CopyPart(S3RequestPtr request, std::string upload_id);

}  // namespace trebol
