#include "common/daemon/readiness_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReadinessLogTest : public ::testing::Test {
 protected:
  /// What it writes when that much time has passed.
  std::string After(absl::Duration d, const std::vector<std::string>& missing) {
    now_ = now_ + d;
    ::testing::internal::CaptureStderr();
    log_.Note(now_, missing);
    return ::testing::internal::GetCapturedStderr();
  }

  Instant now_;
  ReadinessLog log_{"test"};
};

TEST_F(ReadinessLogTest, IsSilentAboutAnOrdinaryStart) {
  EXPECT_THAT(After(absl::ZeroDuration(), {"a map"}), IsEmpty());
  EXPECT_THAT(After(absl::Seconds(4), {"a map"}), IsEmpty());
  EXPECT_THAT(After(absl::Seconds(4), {}), IsEmpty());
  EXPECT_THAT(After(absl::Seconds(4), {"a node"}), IsEmpty());
  EXPECT_THAT(After(absl::Seconds(4), {}), IsEmpty());
}

TEST_F(ReadinessLogTest, SaysWhatIsMissingOnceAndThatItCame) {
  EXPECT_THAT(After(absl::ZeroDuration(), {"a map", "a node"}), IsEmpty());
  EXPECT_THAT(After(absl::Seconds(5), {"a map", "a node"}),
              HasSubstr("WARNING test not ready missing=\"a map; a node\""));
  EXPECT_THAT(After(absl::Seconds(60), {"a map", "a node"}), IsEmpty());
  EXPECT_THAT(After(absl::Seconds(1), {}), HasSubstr("INFO test ready"));
  EXPECT_THAT(After(absl::Seconds(1), {}), IsEmpty());
}

TEST_F(ReadinessLogTest, SaysWhatChangedButNotAtEveryWord) {
  After(absl::ZeroDuration(), {"1 node"});
  EXPECT_THAT(After(absl::Seconds(5), {"2 nodes"}), HasSubstr("2 nodes"));
  EXPECT_THAT(After(absl::Seconds(1), {"3 nodes"}), IsEmpty());
  EXPECT_THAT(After(absl::Seconds(4), {"4 nodes"}), HasSubstr("4 nodes"));
}

}  // namespace
}  // namespace trebol
