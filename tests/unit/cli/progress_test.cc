#include "cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;

class SteppedClock : public Clock {
 public:
  Instant Now() const override { return now_; }
  absl::Time WallTime() const override { return absl::UnixEpoch(); }
  void Advance(absl::Duration step) { now_ = now_ + step; }

 private:
  Instant now_;
};

Instant At(double seconds) { return {absl::Seconds(seconds)}; }

TEST(FormatProgress, ShowsShareBarRateAndEta) {
  const ProgressState state{.files_done = 3,
                            .files_total = 10,
                            .bytes_done = 50 << 20,
                            .bytes_total = 200 << 20,
                            .bytes_per_second = 10 << 20};
  EXPECT_EQ(FormatProgress(state, 120),
            " 25%  [======>                 ]  50.0 MiB of 200.0 MiB  10.0 MiB/s  ETA 0:15  "
            "3 of 10 files");
}

TEST(FormatProgress, LeavesOutWhatDoesNotFit) {
  const ProgressState state{.files_done = 3,
                            .files_total = 10,
                            .bytes_done = 50 << 20,
                            .bytes_total = 200 << 20,
                            .bytes_per_second = 10 << 20};
  for (int width = 0; width <= 120; ++width) {
    const std::string line = FormatProgress(state, width);
    EXPECT_TRUE(line.empty() || static_cast<int>(line.size()) < width) << width;
  }
  EXPECT_EQ(FormatProgress(state, 30), " 25%  10.0 MiB/s  ETA 0:15");
  EXPECT_EQ(FormatProgress(state, 5), " 25%");
}

TEST(FormatProgress, DoesWithoutATotal) {
  const ProgressState state{.files_total = 1, .bytes_done = 1024, .bytes_per_second = 512};
  EXPECT_EQ(FormatProgress(state, 80), "1.0 KiB  512 B/s");
}

TEST(FormatProgress, KnowsNoEtaWithoutARate) {
  const ProgressState state{.files_total = 1, .bytes_total = 1024};
  EXPECT_THAT(FormatProgress(state, 80), HasSubstr("ETA -:--"));
}

TEST(FormatProgress, AnEmptyCopyIsComplete) {
  EXPECT_THAT(FormatProgress({.files_total = 1, .bytes_total = 0}, 80), HasSubstr("100%"));
}

TEST(RateMeter, IsOfTheLastSeconds) {
  RateMeter meter;
  meter.Record(At(0), 0);
  EXPECT_EQ(meter.BytesPerSecond(), 0);
  for (int second = 1; second <= 20; ++second) meter.Record(At(second), second * 1000);
  EXPECT_NEAR(meter.BytesPerSecond(), 1000, 1);
  for (int second = 21; second <= 40; ++second) meter.Record(At(second), 20'000);
  EXPECT_NEAR(meter.BytesPerSecond(), 0, 1) << "a copy that stands still";
}

class ProgressTest : public ::testing::Test {
 protected:
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  SteppedClock clock_;
  Environment environment_{.in = in_, .out = out_, .err = err_, .clock = clock_};
  Console console_{"cp", environment_};
};

TEST_F(ProgressTest, RedrawsAtMostTenTimesASecond) {
  Progress progress(console_, Progress::Style::kBar, 1, 1'000'000);
  for (int i = 0; i < 1000; ++i) {
    clock_.Advance(absl::Milliseconds(1));
    progress.AddBytes(1000);
  }
  const std::string drawn = err_.str();
  const auto lines = std::count(drawn.begin(), drawn.end(), '\r');
  EXPECT_GE(lines, 5);
  EXPECT_LE(lines, 10);
}

TEST_F(ProgressTest, ABarEndsWithASummary) {
  Progress progress(console_, Progress::Style::kBar, 1, 2 << 20);
  clock_.Advance(absl::Seconds(2));
  progress.AddBytes(2 << 20);
  progress.FileDone("a -> b");
  progress.Finish();
  EXPECT_THAT(err_.str(), HasSubstr("1 file, 2.0 MiB in 2.0 s (1.0 MiB/s)\n"));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(ProgressTest, WithoutATerminalEachFileIsALine) {
  Progress progress(console_, Progress::Style::kLines, 1, 100);
  clock_.Advance(absl::Seconds(1));
  progress.AddBytes(100);
  progress.FileDone("a -> b");
  progress.Finish();
  EXPECT_EQ(out_.str(), "a -> b\n");
  EXPECT_EQ(err_.str(), "");
}

TEST_F(ProgressTest, AnErrorStandsOnALineOfItsOwn) {
  Progress progress(console_, Progress::Style::kBar, 2, 200);
  clock_.Advance(absl::Seconds(1));
  progress.AddBytes(100);
  console_.Fail("a", absl::NotFoundError("gone"));
  EXPECT_THAT(err_.str(), HasSubstr("\r\x1b[Ktrebol: cp: a: gone\n"));
}

}  // namespace
}  // namespace trebol::cli
