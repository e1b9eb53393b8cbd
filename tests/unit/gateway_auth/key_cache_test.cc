#include "gateway/auth/key_cache.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/async/runtime.h"
#include "common/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_identity_stub.h"
#include "tests/testing/manual_clock.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

class KeyCacheTest : public ::testing::Test {
 protected:
  KeyCacheTest() { metadata_->Put(Key("AKIA1", "first-secret")); }

  static v1::AccessKeyRow Key(const std::string& id, const std::string& secret) {
    v1::AccessKeyRow key;
    key.set_id(id);
    key.set_secret(secret);
    key.set_user("alice");
    return key;
  }
  absl::StatusOr<KeyCache::Key> Find(const std::string& id) {
    return runtime_.BlockOn(cache_.Find(BackgroundContext(), id));
  }
  std::string Secret(const std::string& id = "AKIA1") {
    const auto key = Find(id);
    return key.ok() ? (*key)->secret() : std::string(ErrorReason_Name(ReasonOf(key.status())));
  }
  void Away() {
    metadata_->set_failure(MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY, "starting"));
  }

  static constexpr KeyCache::Options kSmall = {.max_keys = 3, .max_refused = 3};

  ManualClock clock_;
  Runtime runtime_{1};
  const std::shared_ptr<FakeIdentityStub> metadata_ = std::make_shared<FakeIdentityStub>();
  KeyCache cache_{metadata_, clock_, kSmall};
};

TEST_F(KeyCacheTest, AsksOnceInTenSeconds) {
  EXPECT_EQ(Secret(), "first-secret");
  metadata_->Put(Key("AKIA1", "second-secret"));
  clock_.Advance(absl::Milliseconds(9'999));
  EXPECT_EQ(Secret(), "first-secret");
  EXPECT_EQ(metadata_->lookups(), 1);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(Secret(), "second-secret");
  EXPECT_EQ(metadata_->lookups(), 2);
}

TEST_F(KeyCacheTest, ADeletedKeyIsRefusedTenSecondsLater) {
  EXPECT_EQ(Secret(), "first-secret");
  metadata_->Remove("AKIA1");
  EXPECT_EQ(Secret(), "first-secret");
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(Secret(), "ACCESS_KEY_UNKNOWN");
  // It does not come back because metadata goes away.
  Away();
  EXPECT_EQ(Secret(), "ACCESS_KEY_UNKNOWN");
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Secret(), "NOT_READY");
}

TEST_F(KeyCacheTest, AnUnknownKeyIsNotAskedForAgainAtOnce) {
  const auto unknown = Find("AKIA2");
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(unknown.status()), v1::ACCESS_KEY_UNKNOWN);
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr("'AKIA2'"));
  metadata_->Put(Key("AKIA2", "new-secret"));
  EXPECT_EQ(Secret("AKIA2"), "ACCESS_KEY_UNKNOWN");
  EXPECT_EQ(metadata_->lookups(), 1);
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Secret("AKIA2"), "new-secret");
}

TEST_F(KeyCacheTest, WhatCannotBeAnIdIsNotAskedFor) {
  for (const char* id : {"", "a", "a/b/c", "AKIA 1"}) {
    EXPECT_EQ(Secret(id), "ACCESS_KEY_UNKNOWN") << id;
  }
  EXPECT_EQ(Secret(std::string(5000, 'k')), "ACCESS_KEY_UNKNOWN");
  EXPECT_EQ(metadata_->lookups(), 0);
}

TEST_F(KeyCacheTest, WhatWasSeenLatelyIsGoodWhileMetadataIsAway) {
  EXPECT_EQ(Secret(), "first-secret");
  Away();
  clock_.Advance(absl::Minutes(5) - absl::Milliseconds(1));
  EXPECT_EQ(Secret(), "first-secret");
  EXPECT_EQ(metadata_->lookups(), 2);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(Secret(), "NOT_READY");
  EXPECT_EQ(Secret("AKIA2"), "NOT_READY");  // never seen
  // A failure is not remembered.
  metadata_->set_failure(absl::OkStatus());
  EXPECT_EQ(Secret(), "first-secret");
}

TEST_F(KeyCacheTest, WhileOneAsksOthersGoByWhatIsKnown) {
  EXPECT_EQ(Secret(), "first-secret");
  clock_.Advance(absl::Seconds(10));
  std::string meanwhile;
  Runtime other(1);
  metadata_->on_lookup = [&] {
    meanwhile = (*other.BlockOn(cache_.Find(BackgroundContext(), "AKIA1")))->secret();
  };
  EXPECT_EQ(Secret(), "first-secret");
  EXPECT_EQ(meanwhile, "first-secret");
  EXPECT_EQ(metadata_->lookups(), 2);
}

TEST_F(KeyCacheTest, MetadataThatIsAwayIsAskedNowAndThenOnly) {
  EXPECT_EQ(Secret(), "first-secret");
  Away();
  clock_.Advance(absl::Seconds(10));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Secret(), "first-secret");
  EXPECT_EQ(metadata_->lookups(), 2);
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Secret(), "first-secret");
  EXPECT_EQ(metadata_->lookups(), 3);
}

TEST_F(KeyCacheTest, AnExpiredKeyIsRefusedToTheMoment) {
  v1::AccessKeyRow key = Key("AKIA2", "secret-of-2");
  key.set_expires_us(
      static_cast<uint64_t>(absl::ToUnixMicros(clock_.WallTime() + absl::Seconds(5))));
  metadata_->Put(key);
  EXPECT_EQ(Secret("AKIA2"), "secret-of-2");
  clock_.Advance(absl::Seconds(5) - absl::Microseconds(1));
  EXPECT_EQ(Secret("AKIA2"), "secret-of-2");
  clock_.Advance(absl::Microseconds(1));
  EXPECT_EQ(Secret("AKIA2"), "ACCESS_KEY_EXPIRED");
  const absl::Status expired = Find("AKIA2").status();
  EXPECT_EQ(expired.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(expired.message()), HasSubstr("'AKIA2' expired at 2001-09-09T02:46:45"));
  // Another expiry is seen as any change is.
  key.set_expires_us(0);
  metadata_->Put(key);
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(Secret("AKIA2"), "secret-of-2");
}

TEST_F(KeyCacheTest, ForgetsWhatThisGatewayChanged) {
  EXPECT_EQ(Secret(), "first-secret");
  EXPECT_EQ(Secret("AKIA2"), "ACCESS_KEY_UNKNOWN");
  metadata_->Put(Key("AKIA2", "secret-of-2"));
  metadata_->Remove("AKIA1");
  cache_.Forget("AKIA1");
  cache_.Forget("AKIA2");
  EXPECT_EQ(Secret(), "ACCESS_KEY_UNKNOWN");
  EXPECT_EQ(Secret("AKIA2"), "secret-of-2");
}

TEST_F(KeyCacheTest, IsBounded) {
  // With room for three: nothing is wrong, some are asked for again.
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) {
      const std::string id = absl::StrCat("key-", i);
      if (round == 0) metadata_->Put(Key(id, absl::StrCat("secret-", i, "-long")));
      EXPECT_EQ(Secret(id), absl::StrCat("secret-", i, "-long"));
      EXPECT_EQ(Secret(absl::StrCat("none-", i)), "ACCESS_KEY_UNKNOWN");
    }
  }
  EXPECT_GT(metadata_->lookups(), 30);
}

}  // namespace
}  // namespace trebol
