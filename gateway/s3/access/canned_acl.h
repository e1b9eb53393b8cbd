#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trebol/v1/access.pb.h"

namespace trebol {

/// S3's canned ACLs (x-amz-acl), where this door has the same: of a bucket `private`, `public-read`
/// and `public-read-write` are its anonymous access; `bucket-owner-full-control` and
/// `bucket-owner-read` are `private`, for owners may do everything anyway. Pure.

/// NotImplemented, naming it, for `authenticated-read` and the others; InvalidArgument for what is
/// no canned ACL.
absl::StatusOr<v1::BucketAccess::Anonymous> BucketAccessOfCannedAcl(absl::string_view acl);

/// Of an object: here objects have the access of their bucket and none of their own. `private` adds
/// nothing to that, as in S3, where a bucket's policy lets everybody read what its ACL does not. A
/// public one is refused where the bucket is not readable by everybody:
/// AccessControlListNotSupported, with the remedy.
absl::Status CheckObjectCannedAcl(absl::string_view acl, v1::BucketAccess::Anonymous of_bucket);

}  // namespace trebol
