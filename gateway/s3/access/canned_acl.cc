#include "gateway/s3/access/canned_acl.h"

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {

absl::StatusOr<v1::BucketAccess::Anonymous> BucketAccessOfCannedAcl(absl::string_view acl) {
  if (acl == "private" || acl == "bucket-owner-full-control" || acl == "bucket-owner-read") {
    return v1::BucketAccess::NONE;
  }
  if (acl == "public-read") return v1::BucketAccess::READ;
  if (acl == "public-read-write") return v1::BucketAccess::READ_WRITE;
  if (acl == "authenticated-read" || acl == "aws-exec-read" || acl == "log-delivery-write") {
    return S3Only(501, "NotImplemented",
                  absl::StrCat("the canned ACL '", acl,
                               "' is not supported; private, public-read and public-read-write "
                               "are, and grants for users: trebol bucket grant"));
  }
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat("'", acl, "' is no canned ACL"));
}

absl::Status CheckObjectCannedAcl(absl::string_view acl, v1::BucketAccess::Anonymous of_bucket) {
  ASSIGN_OR_RETURN(const auto wanted, BucketAccessOfCannedAcl(acl));
  const bool readable =
      of_bucket == v1::BucketAccess::READ || of_bucket == v1::BucketAccess::READ_WRITE;
  if (wanted == v1::BucketAccess::NONE || readable) return absl::OkStatus();
  return S3Only(
      400, "AccessControlListNotSupported",
      absl::StrCat("objects have the access of their bucket; the canned ACL '", acl,
                   "' of one object is not supported. Let everybody read the bucket (trebol "
                   "bucket anonymous, or its policy), or leave the ACL out"));
}

}  // namespace trebol
