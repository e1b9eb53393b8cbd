#pragma once

#include <optional>
#include <string>

#include "gateway/s3/door/s3_request.h"

namespace trebol {

/// What a copy is of. A value.
struct CopyFrom {
  std::string bucket;
  std::string key;
  std::string version;     // empty: the latest
  bool versioned = false;  // the bucket has versions, or had
  v1::Preconditions preconditions;
};
/// From x-amz-copy-source and its sisters; the caller may read it. ACCESS_DENIED, BUCKET_NOT_FOUND
/// of the source, and errors of ParseCopySource and CopySourcePreconditions.
Task<CopyFrom> ReadCopySource(S3RequestPtr request);
/// Why the source could not be read: as S3 says it of one that is a delete marker.
absl::Status AboutCopySource(absl::Status error);

/// What CopyObject asks. A value.
struct CopyQuestion {
  v1::CopyObjectRequest request;
  bool source_versioned = false;
  /// A checksum that the copy is to have and its source has not, with what the source is.
  struct NewChecksum {
    v1::Checksum::Algorithm algorithm = v1::Checksum::ALGORITHM_UNSPECIFIED;
    v1::ObjectInfo source;
  };
  std::optional<NewChecksum> new_checksum;
};
/// InvalidArgument for a directive that is none, InvalidRequest for a copy of an object onto itself
/// that changes nothing; errors of ReadCopySource and ReadUploadHeaders.
Task<CopyQuestion> ReadCopyQuestion(S3RequestPtr request);

/// The copy of a question that wants a new checksum: the bytes are read and stored again, which is
/// the only way to know it. Errors of both operations.
Task<v1::CopyObjectResponse> CopyByReading(S3RequestPtr request, CopyQuestion question);

}  // namespace trebol
