#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trebol/v1/access.pb.h"

namespace trebol {

/// Bucket policies, of which this door knows those that say what anybody may do without a key: the
/// well-known ones that minio-py's documentation and `mc anonymous` send (read, upload, both), in
/// any order and spread over any statements. They are kept as the bucket's anonymous access. Pure.

/// The most bytes of a policy, as in S3.
inline constexpr size_t kMaxPolicySize = 20 * 1024;

/// What `policy`, a JSON document, means for `bucket`. MalformedPolicy for what is no policy;
/// NotImplemented, naming the first statement that is to blame, for one that means anything else:
/// nothing may be allowed or denied that was not said.
absl::StatusOr<v1::BucketAccess::Anonymous> ParseBucketPolicy(absl::string_view bucket,
                                                              const std::string& policy);

/// The policy of such access; not for NONE.
std::string BucketPolicyOf(absl::string_view bucket, v1::BucketAccess::Anonymous anonymous);

}  // namespace trebol
