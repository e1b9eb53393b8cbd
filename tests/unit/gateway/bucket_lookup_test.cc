#include "gateway/object/bucket_lookup.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "gateway/object/bucket_claims.h"
#include "tests/testing/api_rig.h"

namespace trebol {
namespace {

class BucketLookupTest : public ::testing::Test {
 protected:
  /// As through another gateway: this one is told nothing.
  void LetAnybodyElsewhere(v1::BucketAccess::Anonymous anonymous) {
    v1::Command command;
    command.mutable_set_bucket_access()->set_bucket("bucket");
    command.mutable_set_bucket_access()->set_anonymous(anonymous);
    command.mutable_set_bucket_access()->mutable_operation()->set_session(
        rig_.gateway.session->Current().value()->id.value);
    command.mutable_set_bucket_access()->mutable_operation()->set_counter(++counter_);
    ASSERT_TRUE(rig_.catalog->Run(command).ok());
  }
  absl::StatusOr<v1::BucketRow> Recent() {
    return rig_.Await(lookup_.Recent(rig_.context, "bucket"));
  }
  absl::Status AnonymousMayRead() {
    return rig_.Await(lookup_.FindAllowed(rig_.context, Caller(), "bucket", Action::kRead))
        .status();
  }

  ApiRig rig_;
  uint64_t counter_ = 1'000'000;
  BucketLookup lookup_{rig_.catalog, rig_.gateway.clock};
};

TEST_F(BucketLookupTest, WhatIsRecentIsASecondOldAtMost) {
  EXPECT_EQ(Recent()->anonymous(), v1::BucketAccess::NONE);
  LetAnybodyElsewhere(v1::BucketAccess::READ);
  EXPECT_EQ(Recent()->anonymous(), v1::BucketAccess::NONE);
  rig_.gateway.clock.Advance(absl::Milliseconds(1001));
  EXPECT_EQ(Recent()->anonymous(), v1::BucketAccess::READ);
}

TEST_F(BucketLookupTest, NobodyIsRefusedByWhatWas) {
  EXPECT_EQ(ReasonOf(AnonymousMayRead()), v1::ACCESS_DENIED);
  LetAnybodyElsewhere(v1::BucketAccess::READ);
  EXPECT_TRUE(AnonymousMayRead().ok());
  LetAnybodyElsewhere(v1::BucketAccess::NONE);
  rig_.gateway.clock.Advance(absl::Milliseconds(1001));
  EXPECT_EQ(ReasonOf(AnonymousMayRead()), v1::ACCESS_DENIED);
}

TEST_F(BucketLookupTest, WhatIsDeniedTheSecondTimeStaysClaimed) {
  LetAnybodyElsewhere(v1::BucketAccess::READ);
  const RequestContextPtr context = WithClaims(rig_.context);
  for (const Action action : {Action::kRead, Action::kList}) {
    ASSERT_TRUE(rig_.Await(lookup_.FindAllowed(context, Caller(), "bucket", action)).ok());
  }
  EXPECT_TRUE(rig_.Await(lookup_.CheckAgain(context)).ok());
  LetAnybodyElsewhere(v1::BucketAccess::NONE);
  EXPECT_EQ(ReasonOf(rig_.Await(lookup_.CheckAgain(context))), v1::ACCESS_DENIED);
  v1::Command command;
  context->claims->NameIn(&command);
  EXPECT_EQ(command.checked_buckets_size(), 2) << "a command would mean any bucket of the name";
  EXPECT_NE(command.checked_buckets(0).id(), 0u);
}

TEST_F(BucketLookupTest, WhatIsForgottenIsAskedForAgain) {
  EXPECT_EQ(Recent()->anonymous(), v1::BucketAccess::NONE);
  LetAnybodyElsewhere(v1::BucketAccess::READ);
  lookup_.Forget("bucket");
  EXPECT_EQ(Recent()->anonymous(), v1::BucketAccess::READ);
}

TEST_F(BucketLookupTest, AnAnswerFromBeforeAChangeIsNotRemembered) {
  rig_.catalog->OnNextBucketLookup([this] {
    LetAnybodyElsewhere(v1::BucketAccess::READ);
    lookup_.Forget("bucket");
  });
  EXPECT_EQ(Recent()->anonymous(), v1::BucketAccess::NONE);
  EXPECT_EQ(Recent()->anonymous(), v1::BucketAccess::READ);
}

}  // namespace
}  // namespace trebol
