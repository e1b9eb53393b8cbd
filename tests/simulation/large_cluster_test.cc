#include "tests/simulation/large_cluster.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "common/telemetry/log.h"

namespace trebol::simulation {
namespace {

constexpr int kSeeds = 10;

// TREBOL_SEED=N runs that one alone.
TEST(LargeClusterSimulation, RepairsInTimeWithinItsCaps) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  const char* given = std::getenv("TREBOL_SEED");
  const uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  const int seeds = given != nullptr ? 1 : kSeeds;
  LargeClusterRun sum;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    const LargeClusterRun run = LargeCluster(seed).Run();
    ASSERT_TRUE(run.violations.empty())
        << run.violations.front() << "\nreplay: TREBOL_SEED=" << seed
        << " simulation_large_cluster_test";
    sum.Add(run);
  }
  std::printf("%d seeds: %s\n", seeds, sum.Summary().c_str());
  if (given != nullptr) return;
  // A run in which nothing happened proves nothing.
  EXPECT_GT(sum.deaths, 50u);
  EXPECT_GT(sum.outs, 50u);
  EXPECT_GT(sum.absences, 20u);
  EXPECT_EQ(sum.joins, 10u);
  EXPECT_GT(sum.copies, 2000u);
  EXPECT_GT(sum.lost, 0u);
  EXPECT_GT(sum.fastest_share, 0.9);
}

}  // namespace
}  // namespace trebol::simulation
