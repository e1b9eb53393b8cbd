// Doses of ./dev torture: each is a cluster of real processes under clients that share keys, a
// ledger, and one kind of fault, long enough that the verdicts mean something.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/seed.h"
#include "tests/testing/temporary_directory.h"
#include "tests/torture/torture_run.h"

namespace trebol::torture {
namespace {

class Torture : public ::testing::Test {
 protected:
  /// Runs it and expects nothing to be found.
  Report Run(TortureRun::Options options, const char* faults) {
    options.dir = directory_.path();
    options.seed = TestSeed();
    options.faults = *ParseFaults(faults);
    options.say = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
    const Report report = TortureRun(options).Run();
    std::printf("%s", report.Text().c_str());
    std::fflush(stdout);
    EXPECT_TRUE(report.good()) << report.Text();
    EXPECT_EQ(report.verdict.illegal, 0u);
    EXPECT_EQ(report.verdict.unknown, 0u);
    EXPECT_EQ(report.verdict.vacuous, "");
    EXPECT_EQ(report.losses.all(), 0u);
    return report;
  }

  static TortureRun::Options Dose() {
    return {.duration = absl::Seconds(22),
            .pace = {.most_quiet = absl::Milliseconds(1200), .most = absl::Seconds(3)}};
  }

  const testing::TemporaryDirectory directory_;
};

TEST_F(Torture, KillsChangeNoAnswer) {
  const Report report = Run(Dose(), "kill-node,kill-two,kill-gateway,kill-metadata");
  EXPECT_GE(report.tortured, absl::Seconds(20));
  EXPECT_GE(report.nemesis.kills, 4u);
}

TEST_F(Torture, PausesChangeNoAnswer) {
  const Report report = Run(Dose(), "pause");
  EXPECT_GE(report.tortured, absl::Seconds(20));
  EXPECT_GE(report.nemesis.pauses, 3u);
}

TEST_F(Torture, CutsChangeNoAnswer) {
  const Report report = Run(Dose(), "partition,slow");
  EXPECT_GE(report.tortured, absl::Seconds(20));
  EXPECT_GE(report.nemesis.cuts, 5u);
}

TEST_F(Torture, MovesChangeNoAnswer) {
  TortureRun::Options options = Dose();
  options.pace.least = absl::Seconds(2);
  options.pace.most = absl::Seconds(4);
  const Report report = Run(options, "map");
  EXPECT_GE(report.tortured, absl::Seconds(20));
  EXPECT_GE(report.nemesis.moves, 2u);  // a node that is alone in its zone is not drained
}

TEST_F(Torture, FortyKillsLoseNothing) {
  TortureRun::Options options = Dose();
  options.least_kills = 40;
  options.least_ledger_writes = 500;
  options.pace = {.least_quiet = absl::Milliseconds(100),
                  .most_quiet = absl::Milliseconds(600),
                  .least = absl::Milliseconds(50),
                  .most = absl::Milliseconds(500)};
  const Report report = Run(options, "kill");
  EXPECT_GE(report.nemesis.kills, 40u);
}

}  // namespace
}  // namespace trebol::torture
