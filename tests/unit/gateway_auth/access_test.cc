#include "gateway/auth/access.h"

#include <string>
#include <vector>

#include "common/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

Caller User(const std::string& name) { return {.kind = Caller::Kind::kUser, .user = name}; }
const Caller kAnybody = {};
const Caller kRoot = {.kind = Caller::Kind::kRoot, .user = "root"};

v1::BucketRow Bucket(v1::BucketAccess::Anonymous anonymous = v1::BucketAccess::NONE) {
  v1::BucketRow bucket;
  bucket.set_name("photos");
  bucket.set_owner("owner");
  bucket.set_anonymous(anonymous);
  for (const auto& [user, right] : std::vector<std::pair<std::string, v1::Grant::Right>>{
           {"reader", v1::Grant::READ},
           {"writer", v1::Grant::WRITE},
           {"both", v1::Grant::READ_WRITE},
           {"second", v1::Grant::OWNER},
           {"odd", v1::Grant::RIGHT_UNSPECIFIED},
           {"future", static_cast<v1::Grant::Right>(9)}}) {
    v1::Grant& grant = *bucket.add_grants();
    grant.set_user(user);
    grant.set_right(right);
  }
  return bucket;
}

/// What is allowed, a letter an action, in their order: Visit, List, Read, Write, Delete, Uploads,
/// Configuration, Acl, conFigure, delete Bucket.
std::string AllowedTo(const Caller& caller, const v1::BucketRow& bucket) {
  static constexpr char kLetters[] = "VLRWDUCAFB";
  static_assert(sizeof kLetters - 1 == kActions);
  std::string letters;
  for (int action = 0; action < kActions; ++action) {
    const absl::Status status = Allowed(caller, bucket, static_cast<Action>(action));
    letters += status.ok() ? kLetters[action] : '-';
    const ErrorReason reason = status.ok() ? v1::ERROR_REASON_UNSPECIFIED : v1::ACCESS_DENIED;
    EXPECT_EQ(ReasonOf(status), reason);
  }
  return letters;
}

TEST(Access, IsThisTable) {
  struct Row {
    Caller caller;
    v1::BucketAccess::Anonymous anonymous;
    const char* allowed;
  };
  constexpr auto kNone = v1::BucketAccess::NONE;
  constexpr auto kRead = v1::BucketAccess::READ;
  constexpr auto kUpload = v1::BucketAccess::UPLOAD;
  constexpr auto kBoth = v1::BucketAccess::READ_WRITE;
  constexpr auto kFuture = static_cast<v1::BucketAccess::Anonymous>(9);
  const char* kAll = "VLRWDUCAFB";
  const std::vector<Row> rows = {
      {kAnybody, kNone, "----------"},
      {kAnybody, kRead, "VLR-------"},
      {kAnybody, kUpload, "V--WDU----"},
      {kAnybody, kBoth, "VLRWDU----"},
      {kAnybody, kFuture, "----------"},
      {User("stranger"), kNone, "----------"},
      {User("stranger"), kRead, "VLR-------"},
      {User("stranger"), kUpload, "V--WDU----"},
      {User("stranger"), kBoth, "VLRWDU----"},
      {User("reader"), kNone, "VLR---C---"},
      {User("reader"), kRead, "VLR---C---"},
      {User("reader"), kUpload, "VLRWDUC---"},
      {User("reader"), kBoth, "VLRWDUC---"},
      {User("writer"), kNone, "V--WDUC---"},
      {User("writer"), kRead, "VLRWDUC---"},
      {User("writer"), kUpload, "V--WDUC---"},
      {User("writer"), kBoth, "VLRWDUC---"},
      {User("both"), kNone, "VLRWDUC---"},
      {User("both"), kRead, "VLRWDUC---"},
      {User("both"), kUpload, "VLRWDUC---"},
      {User("both"), kBoth, "VLRWDUC---"},
      {User("odd"), kNone, "----------"},
      {User("future"), kNone, "----------"},
      {User("second"), kNone, kAll},
      {User("owner"), kNone, kAll},
      {User("owner"), kBoth, kAll},
      {kRoot, kNone, kAll},
      {kRoot, kRead, kAll},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(AllowedTo(row.caller, Bucket(row.anonymous)), row.allowed)
        << "'" << row.caller.user << "', anonymous " << row.anonymous;
  }
}

TEST(Access, AListShowsWhatIsOnesOwnOrGranted) {
  const v1::BucketRow bucket = Bucket(v1::BucketAccess::READ_WRITE);
  for (const char* user : {"owner", "second", "reader", "writer", "both"}) {
    EXPECT_TRUE(IsListed(User(user), bucket)) << user;
  }
  EXPECT_TRUE(IsListed(kRoot, bucket));
  for (const char* user : {"stranger", "odd", "future", ""}) {
    EXPECT_FALSE(IsListed(User(user), bucket)) << user;
  }
  EXPECT_FALSE(IsListed(kAnybody, bucket));
}

TEST(Access, ABucketWithoutOwnerIsRootsAlone) {
  v1::BucketRow bucket;
  bucket.set_name("old");
  EXPECT_EQ(AllowedTo(kRoot, bucket), "VLRWDUCAFB");
  EXPECT_EQ(AllowedTo(User("owner"), bucket), "----------");
  // A user without a name is nobody, also where no owner is named.
  EXPECT_EQ(AllowedTo(User(""), bucket), "----------");
}

TEST(Access, NamesDoNotMakeRoot) {
  // Only the key does; a bucket of root is not that of a user who calls himself so.
  v1::AccessKeyRow key;
  key.set_id("AKIA1");
  key.set_user("alice");
  key.set_root(false);
  EXPECT_EQ(Caller::Of(key).kind, Caller::Kind::kUser);
  EXPECT_EQ(Caller::Of(key).display_name, "alice");
  key.set_root(true);
  key.set_display_name("The boss");
  EXPECT_EQ(Caller::Of(key).kind, Caller::Kind::kRoot);
  EXPECT_EQ(Caller::Of(key).display_name, "The boss");
  EXPECT_EQ(Caller::Of(key).key_id, "AKIA1");
}

TEST(Access, SaysWhatWasDeniedAndWhatHelps) {
  const absl::Status denied = Allowed(User("reader"), Bucket(), Action::kDelete);
  EXPECT_EQ(denied.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(denied.message(),
            "the user 'reader' may not delete objects of the bucket 'photos'; its owner can grant "
            "that");
  EXPECT_THAT(std::string(Allowed(kAnybody, Bucket(), Action::kRead).message()),
              HasSubstr("without a signature may not read objects of the bucket 'photos'"));
}

TEST(Access, WhatIsNoActionIsDenied) {
  EXPECT_FALSE(Allowed(User("owner"), Bucket(), static_cast<Action>(kActions)).ok());
}

TEST(Access, OfTheClusterIsThisTable) {
  for (const auto action : {ClusterAction::kListBuckets, ClusterAction::kCreateBucket}) {
    EXPECT_TRUE(Allowed(kRoot, action).ok());
    EXPECT_TRUE(Allowed(User("alice"), action).ok());
    EXPECT_EQ(ReasonOf(Allowed(User(""), action)), v1::ACCESS_DENIED);
    EXPECT_EQ(ReasonOf(Allowed(kAnybody, action)), v1::ACCESS_DENIED);
  }
  EXPECT_TRUE(Allowed(kRoot, ClusterAction::kAdminister).ok());
  EXPECT_EQ(ReasonOf(Allowed(User("alice"), ClusterAction::kAdminister)), v1::ACCESS_DENIED);
  EXPECT_EQ(ReasonOf(Allowed(kAnybody, ClusterAction::kAdminister)), v1::ACCESS_DENIED);
  EXPECT_EQ(ReasonOf(Allowed(User("alice"), static_cast<ClusterAction>(9))), v1::ACCESS_DENIED);
}

}  // namespace
}  // namespace trebol
