#include "gateway/s3/access/canned_acl.h"

#include <gtest/gtest.h>

#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using Access = v1::BucketAccess;

TEST(CannedAcl, OfBucketsAreAnonymousAccess) {
  EXPECT_EQ(*BucketAccessOfCannedAcl("private"), Access::NONE);
  EXPECT_EQ(*BucketAccessOfCannedAcl("bucket-owner-full-control"), Access::NONE);
  EXPECT_EQ(*BucketAccessOfCannedAcl("public-read"), Access::READ);
  EXPECT_EQ(*BucketAccessOfCannedAcl("public-read-write"), Access::READ_WRITE);
  EXPECT_EQ(ToS3Error(BucketAccessOfCannedAcl("authenticated-read").status()).code,
            "NotImplemented");
  EXPECT_EQ(ToS3Error(BucketAccessOfCannedAcl("Public-Read").status()).code, "InvalidArgument");
  EXPECT_EQ(ToS3Error(BucketAccessOfCannedAcl("").status()).code, "InvalidArgument");
}

TEST(CannedAcl, OfObjectsAddNothingToTheirBucket) {
  const auto code = [](absl::string_view acl, Access::Anonymous bucket) {
    const absl::Status status = CheckObjectCannedAcl(acl, bucket);
    return status.ok() ? std::string() : ToS3Error(status).code;
  };
  for (const auto bucket : {Access::NONE, Access::READ, Access::UPLOAD, Access::READ_WRITE}) {
    EXPECT_EQ(code("private", bucket), "");
    EXPECT_EQ(code("bucket-owner-full-control", bucket), "");
    EXPECT_EQ(code("aws-exec-read", bucket), "NotImplemented");
  }
  for (const char* const acl : {"public-read", "public-read-write"}) {
    EXPECT_EQ(code(acl, Access::READ), "");
    EXPECT_EQ(code(acl, Access::READ_WRITE), "");
    EXPECT_EQ(code(acl, Access::NONE), "AccessControlListNotSupported");
    EXPECT_EQ(code(acl, Access::UPLOAD), "AccessControlListNotSupported");
  }
}

}  // namespace
}  // namespace trebol
