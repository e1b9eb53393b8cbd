#include "gateway/s3/auth/key_source.h"

#include <gtest/gtest.h>

#include "common/async/runtime.h"
#include "common/base/error.h"
#include "tests/testing/fake_identity_stub.h"
#include "tests/testing/manual_clock.h"

namespace trebol {
namespace {

class KeySourceTest : public testing::Test {
 protected:
  void Put(const std::string& id, uint64_t expires_us, bool root = false) {
    v1::AccessKeyRow row;
    row.set_id(id);
    row.set_secret("a secret of some length");
    row.set_user("alice");
    row.set_display_name("Alice");
    row.set_expires_us(expires_us);
    row.set_root(root);
    identity_->Put(row);
  }
  absl::StatusOr<std::optional<AccessKey>> Find(const std::string& id) {
    return runtime_.BlockOn(source_.Find(BackgroundContext(), id));
  }

  Runtime runtime_{1};
  ManualClock clock_;
  std::shared_ptr<FakeIdentityStub> identity_ = std::make_shared<FakeIdentityStub>();
  KeySource source_{std::make_shared<KeyCache>(identity_, clock_)};
};

TEST_F(KeySourceTest, FindsWhatMetadataHas) {
  Put("AKIDEXAMPLE", 0);
  const auto key = Find("AKIDEXAMPLE");
  ASSERT_TRUE(key.ok() && key->has_value()) << key.status();
  EXPECT_EQ((*key)->secret, "a secret of some length");
  EXPECT_EQ((*key)->user, "alice");
  EXPECT_FALSE((*key)->expires.has_value());
  EXPECT_FALSE((*key)->root);
}

TEST_F(KeySourceTest, NobodysKeyIsNoError) {
  const auto key = Find("NOBODYS");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_FALSE(key->has_value());
}

TEST_F(KeySourceTest, SaysSoOfExpiredOnesAndOfMetadataThatIsAway) {
  Put("EXPIRED", 1);
  EXPECT_EQ(ReasonOf(Find("EXPIRED").status()), v1::ACCESS_KEY_EXPIRED);
  identity_->set_failure(absl::UnavailableError("away"));
  EXPECT_TRUE(absl::IsUnavailable(Find("ANOTHER").status()));
}

TEST(CallerOf, TellsUsersRootAndAnybodyApart) {
  EXPECT_EQ(CallerOf(Signer()).kind, Caller::Kind::kAnonymous);
  Signer signer{.anonymous = false, .key = {.id = "ID", .user = "alice"}};
  EXPECT_EQ(CallerOf(signer).kind, Caller::Kind::kUser);
  EXPECT_EQ(CallerOf(signer).user, "alice");
  EXPECT_EQ(CallerOf(signer).display_name, "alice") << "for want of another";
  signer.key.root = true;
  EXPECT_EQ(CallerOf(signer).kind, Caller::Kind::kRoot);
}

}  // namespace
}  // namespace trebol
