#pragma once

#include "gateway/s3/codec/bucket_xml.h"
#include "gateway/s3/door/s3_request.h"

namespace trebol {

// Who may do what with a bucket, in S3's two older ways to say it: access control lists and the
// well-known policies. Both are the bucket's grants and its anonymous access.

Task<void> ServeGetBucketAcl(S3RequestPtr request);
Task<void> ServePutBucketAcl(S3RequestPtr request);
Task<void> ServePutObjectAcl(S3RequestPtr request);
Task<void> ServeGetBucketPolicy(S3RequestPtr request);
Task<void> ServePutBucketPolicy(S3RequestPtr request);
Task<void> ServeDeleteBucketPolicy(S3RequestPtr request);
Task<void> ServeGetBucketPolicyStatus(S3RequestPtr request);

/// Objects have the access of their bucket. Pure.
AccessControlList ObjectAclOf(const S3Request& request);

/// Lets everybody do this with the bucket, and nothing else.
Task<void> SetAnonymous(S3RequestPtr request, v1::BucketAccess::Anonymous anonymous);

}  // namespace trebol
