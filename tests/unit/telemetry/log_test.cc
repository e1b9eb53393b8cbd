#include "common/telemetry/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override { ConfigureLog(LogLevel::kInfo, LogFormat::kText); }
};

TEST_F(LogTest, WritesOnlyLevelsThatAreOn) {
  CaptureStderr();
  ConfigureLog(LogLevel::kWarning, LogFormat::kText);
  EXPECT_FALSE(LogEnabled(LogLevel::kInfo));
  EXPECT_TRUE(LogEnabled(LogLevel::kError));
  Log(LogLevel::kInfo, "test", "quiet");
  Log(LogLevel::kWarning, "test", "loud", {{"n", 1}});
  const std::string written = GetCapturedStderr();
  EXPECT_FALSE(absl::StrContains(written, "quiet"));
  EXPECT_THAT(written, HasSubstr(" WARNING test loud n=1\n"));
}

TEST_F(LogTest, BracesInValuesAreNotFormats) {
  CaptureStderr();
  Log(LogLevel::kInfo, "test", "{} %s", {{"key", "{0}%n"}});
  EXPECT_THAT(GetCapturedStderr(), HasSubstr(" test {} %s key=\"{0}%n\"\n"));
}

TEST_F(LogTest, LinesOfManyThreadsStayWhole) {
  CaptureStderr();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < 200; ++i) {
          Log(LogLevel::kInfo, "test", "line", {{"thread", t}, {"padding", std::string(500, 'x')}});
        }
      });
    }
  }
  std::vector<std::string> lines = absl::StrSplit(GetCapturedStderr(), '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), 800u);
  for (const std::string& line : lines) {
    EXPECT_TRUE(absl::EndsWith(line, "padding=" + std::string(500, 'x')));
    EXPECT_TRUE(absl::StrContains(line, " INFO test line thread="));
  }
}

TEST(ParseLogLevel, KnowsFourLevels) {
  EXPECT_EQ(ParseLogLevel("debug").value(), LogLevel::kDebug);
  EXPECT_EQ(ParseLogLevel("info").value(), LogLevel::kInfo);
  EXPECT_EQ(ParseLogLevel("warning").value(), LogLevel::kWarning);
  EXPECT_EQ(ParseLogLevel("error").value(), LogLevel::kError);
  EXPECT_THAT(std::string(ParseLogLevel("loud").status().message()), HasSubstr("debug, info"));
  EXPECT_EQ(ParseLogFormat("json").value(), LogFormat::kJson);
  EXPECT_EQ(ParseLogFormat("text").value(), LogFormat::kText);
  EXPECT_FALSE(ParseLogFormat("xml").ok());
}

}  // namespace
}  // namespace trebol
