#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "common/telemetry/log.h"
#include "tests/simulation/moves_world.h"

namespace trebol::simulation {
namespace {

constexpr int kSeeds = 1000;
constexpr int kSteps = 300;

// TREBOL_SEED=N runs that one alone.
TEST(MovesSimulation, LosesNothingAndHeals) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  const char* given = std::getenv("TREBOL_SEED");
  const uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  const int seeds = given != nullptr ? 1 : kSeeds;
  MovesRun sum;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    const MovesRun run = MovesWorld(seed).Run(kSteps);
    ASSERT_TRUE(run.violations.empty())
        << run.violations.front() << "\nreplay: TREBOL_SEED=" << seed << " simulation_moves_test";
    sum.Add(run);
  }
  std::printf("%d seeds: %s\n", seeds, sum.Summary().c_str());
  if (given != nullptr) return;
  // A run in which nothing happened proves nothing.
  EXPECT_GT(sum.acked_writes, 10'000u);
  EXPECT_GT(sum.hinted_copies, 1'000u);
  EXPECT_GT(sum.moves, 1'000u);
  EXPECT_GT(sum.stops, 500u);
  EXPECT_GT(sum.lost_disks, 50u);
  EXPECT_GT(sum.lost_calls, 1'000u);
  EXPECT_GT(sum.copied, 1'000u);
  EXPECT_GT(sum.pushed, 100u);
  EXPECT_GT(sum.forgotten, 1'000u);
}

}  // namespace
}  // namespace trebol::simulation
