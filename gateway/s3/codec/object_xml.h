#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/object/tags.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Bodies of requests about objects. Pure, thread-safe. Errors are S3's: MalformedXML as ReadXml,
/// and for what is missing, too much or no number. An element that we do not know is passed over,
/// as S3 does, unless the request would then do something else than its sender meant:
/// NotImplemented.

/// DeleteObjects: keys, versions and if_match (ETag) of 1 to 1,000 entries, in order. Bucket and
/// operation are left to the caller; keys are not validated, for each has its own error.
struct DeleteBody {
  v1::DeleteObjectsRequest request;
  bool quiet = false;  // answer with the errors only
};
absl::StatusOr<DeleteBody> ReadDelete(absl::string_view xml);

/// CompleteMultipartUpload: the parts, 1 to 10,000 in the order of the body, etags without quotes,
/// with their checksums. InvalidArgument for a number outside 1 to 10,000.
absl::StatusOr<v1::CompleteMultipartUploadRequest> ReadCompleteMultipartUpload(
    absl::string_view xml);

/// Tagging, of an object or a bucket. See ValidateObjectTags and ValidateBucketTags for what tags
/// may be; more than 1,000 are refused here.
absl::StatusOr<Tags> ReadTagging(absl::string_view xml);

/// `"x"` without its quotes, other text as it is.
absl::string_view WithoutQuotes(absl::string_view etag);

}  // namespace trebol
