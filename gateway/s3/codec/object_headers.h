#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/http/request_head.h"
#include "common/object/tags.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

enum class ChecksumType { kUnsaid, kFullObject, kComposite };

/// What the head of an upload says of the object or part. A value.
struct UploadHeaders {
  /// Content type, user metadata, headers, tags, and checksums: with a value those of
  /// x-amz-checksum-*, without one those whose value comes in a trailer. The rest is left to the
  /// caller.
  v1::PutObjectRequest::Header header;
  std::optional<std::string> content_md5;  // 16 bytes
  bool aws_chunked = false;                // Content-Encoding names that coding; taken out of it
  std::vector<std::string> trailer_names;  // of x-amz-trailer, lower-case
  /// Of x-amz-checksum-algorithm (CreateMultipartUpload, CopyObject) and -type.
  std::optional<v1::Checksum::Algorithm> checksum_algorithm;
  ChecksumType checksum_type = ChecksumType::kUnsaid;
  std::string canned_acl;  // x-amz-acl as it stands, one that S3 knows; empty: none
};

/// Headers of PutObject, UploadPart, CreateMultipartUpload and CopyObject (with metadata). Pure,
/// thread-safe. Errors of S3: InvalidDigest (Content-MD5), InvalidRequest (checksums),
/// InvalidStorageClass, InvalidArgument (tags, ACL, metadata that is not UTF-8), and NotImplemented
/// naming the header for what would give the object a property that it cannot have here:
/// encryption, locks, redirects, grants of its own. Sizes are left to the operation
/// (ValidateAttributes).
absl::StatusOr<UploadHeaders> ReadUploadHeaders(const RequestHead& head);

/// NotImplemented as above, for requests that have no other headers for us.
absl::Status RefuseUnsupportedHeaders(const RequestHead& head);

/// x-amz-tagging, and the field of forms: "a=1&b=2" percent-encoded. InvalidArgument; see
/// ValidateObjectTags for what tags may be.
absl::StatusOr<Tags> ParseTaggingHeader(absl::string_view text);
/// InvalidTag for a key that begins with "aws:", which is nobody's to set, and for characters that
/// S3 has in no tag.
absl::Status CheckTag(absl::string_view key, absl::string_view value);

/// The checksums of a trailer, which AwsChunkedDecoder took, as operations compare them.
absl::StatusOr<v1::PutObjectRequest::Trailer> ReadChecksumTrailer(
    const std::vector<std::pair<std::string, std::string>>& trailer);

}  // namespace trebol
