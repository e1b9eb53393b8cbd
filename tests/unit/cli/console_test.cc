#include "cli/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <stop_token>

#include "cli/exit_code.h"

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;

class ConsoleTest : public ::testing::Test {
 protected:
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  std::stop_source stop_;
  Environment environment_{.in = in_, .out = out_, .err = err_, .stop = stop_.get_token()};
  Console console_{"rm", environment_};
};

TEST(ExitCodeOf, MapsWhatScriptsRelyOn) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeOf(absl::DataLossError("")), 1);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("")), 1);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("")), 3);
  EXPECT_EQ(ExitCodeOf(absl::PermissionDeniedError("")), 4);
  EXPECT_EQ(ExitCodeOf(absl::UnauthenticatedError("")), 4);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("")), 5);
  EXPECT_EQ(ExitCodeOf(absl::DeadlineExceededError("")), 5);
}

TEST_F(ConsoleTest, NothingFailedIsDone) { EXPECT_EQ(console_.Finish(), kDone); }

TEST_F(ConsoleTest, FailuresOfOneKindGiveTheirCode) {
  console_.Fail("a", absl::NotFoundError("no such object"));
  console_.Fail("b", absl::NotFoundError("no such object"));
  EXPECT_EQ(console_.Finish(), kNotFound);
  EXPECT_EQ(err_.str(), "trebol: rm: a: no such object\ntrebol: rm: b: no such object\n");
}

TEST_F(ConsoleTest, FailuresOfSeveralKindsAreJustFailures) {
  console_.Fail("a", absl::NotFoundError("x"));
  console_.Fail("b", absl::PermissionDeniedError("x"));
  EXPECT_EQ(console_.Finish(), kFailed);
}

TEST_F(ConsoleTest, WhereSomethingSucceededTheRestJustFailed) {
  console_.Fail("a", absl::NotFoundError("x"));
  console_.Succeed();
  EXPECT_EQ(console_.Finish(), kFailed);
}

TEST_F(ConsoleTest, AMistakeInTheCommandIsUsage) {
  console_.Usage("what?");
  EXPECT_EQ(console_.Finish(), kUsage);
}

TEST_F(ConsoleTest, AnInterruptNamesNoFailures) {
  stop_.request_stop();
  console_.Fail("a", absl::CancelledError("stopped"));
  EXPECT_EQ(console_.Finish(), kInterrupted);
  EXPECT_EQ(err_.str(), "trebol: rm: interrupted\n");
}

TEST_F(ConsoleTest, AFullDiskBehindStandardOutputIsAFailure) {
  std::ofstream full("/dev/full");
  Environment environment{.in = in_, .out = full, .err = err_};
  Console console("ls", environment);
  console.Print("a line");
  EXPECT_EQ(console.Finish(), kFailed);
  EXPECT_THAT(err_.str(), HasSubstr("cannot write to standard output"));
}

TEST_F(ConsoleTest, AsksOnlyAtATerminal) {
  in_.str("y\nno\n");
  EXPECT_FALSE(console_.Confirm("Sure?"));
  environment_.in_is_terminal = environment_.err_is_terminal = true;
  EXPECT_TRUE(console_.Confirm("Sure?"));
  EXPECT_FALSE(console_.Confirm("Sure?"));
  EXPECT_FALSE(console_.Confirm("Sure?")) << "the end of the input is no yes";
}

}  // namespace
}  // namespace trebol::cli
