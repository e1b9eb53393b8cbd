#include "metadata/cluster/session_reaper.h"

#include "common/base/limits.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

class SessionReaperTest : public ::testing::Test {
 protected:
  static std::vector<catalog::SessionInfo> Open(uint64_t number) {
    catalog::SessionInfo session{SessionId(7), {}};
    session.row.set_number(number);
    return {session};
  }
  // Ticks every second for `duration`; the closings of the last tick.
  std::vector<v1::CloseSessionCommand> Pass(absl::Duration duration, uint64_t number,
                                            bool accepts = true) {
    std::vector<v1::CloseSessionCommand> closings;
    for (absl::Duration t; t < duration; t += absl::Seconds(1)) {
      now_ = now_ + absl::Seconds(1);
      closings = reaper_.Tick(now_, Open(number), accepts);
    }
    return closings;
  }

  Instant now_{absl::Hours(1)};
  SessionReaper reaper_;
};

TEST_F(SessionReaperTest, ClosesWhatIsNotRenewedForATerm) {
  Pass(absl::Seconds(1), 5);
  EXPECT_TRUE(Pass(kSessionTerm - absl::Seconds(1), 5).empty());
  const auto closings = Pass(absl::Seconds(1), 5);
  ASSERT_EQ(closings.size(), 1u);
  EXPECT_EQ(closings[0].session(), 7u);
  EXPECT_EQ(closings[0].expired_at_number(), 5u);
}

TEST_F(SessionReaperTest, BeginsAnewWithEveryRenewal) {
  Pass(kSessionTerm, 5);
  EXPECT_TRUE(Pass(kSessionTerm, 6).empty());
  EXPECT_EQ(Pass(absl::Seconds(1), 6).size(), 1u);
}

TEST_F(SessionReaperTest, DoesNotCountTimeInWhichNoRenewalWasAccepted) {
  Pass(absl::Seconds(1), 5);
  EXPECT_TRUE(Pass(kSessionTerm * 3, 5, /*accepts=*/false).empty());
  EXPECT_TRUE(Pass(kSessionTerm - absl::Seconds(1), 5).empty());
  EXPECT_EQ(Pass(absl::Seconds(1), 5).size(), 1u);
}

TEST_F(SessionReaperTest, DoesNotCountAStandstillOfItsOwn) {
  Pass(absl::Seconds(1), 5);
  now_ = now_ + absl::Hours(1);
  EXPECT_TRUE(reaper_.Tick(now_, Open(5), true).empty());
}

TEST_F(SessionReaperTest, NewLeaderGrantsAFullTerm) {
  Pass(kSessionTerm, 5);
  reaper_ = SessionReaper();
  EXPECT_TRUE(Pass(kSessionTerm, 5).empty());
}

}  // namespace
}  // namespace trebol
