#include "tests/simulation/cluster_damage.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "common/telemetry/log.h"
#include "tests/testing/seed.h"

namespace trebol {
namespace {

#ifdef TREBOL_PLANTED_DEFECTS
constexpr uint64_t kRuns = 2;  // the sanitizers' share
#else
constexpr uint64_t kRuns = 8;
#endif
constexpr int kRounds = 4;

// TREBOL_SEED=N replays one run; TREBOL_SEEDS=N changes how many are tried.
TEST(ClusterDamage, ServesNoWrongBytesAndIsWholeAfterAScrub) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  const bool replay = std::getenv("TREBOL_SEED") != nullptr;
  const char* wanted = std::getenv("TREBOL_SEEDS");
  const uint64_t first = TestSeed();
  uint64_t runs = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : kRuns;
  if (replay) runs = 1;
  ClusterDamageRun total;
  for (uint64_t seed = first; seed < first + runs && !HasFailure(); ++seed) {
    const ClusterDamageRun run = RunClusterDamage(seed, kRounds);
    for (const std::string& violation : run.violations) {
      ADD_FAILURE() << violation << "\nreplay: TREBOL_SEED=" << seed
                    << " simulation_cluster_damage_test";
    }
    total.Add(run);
  }
  std::printf("%s\n", total.Summary().c_str());
  if (HasFailure() || runs < kRuns) return;
  // A run that did too little proves nothing.
  EXPECT_GE(total.damages, kRuns * 50);
  EXPECT_GT(total.of_indexes, kRuns * 5);
  EXPECT_GT(total.bad, total.damages / 10);
  EXPECT_GT(total.rebuilds, kRuns * 3);
  if (kRuns < 8) return;
  EXPECT_GE(total.damages, 1000u);
  EXPECT_GT(total.old_indexes + total.old_disks, 0u);
}

}  // namespace
}  // namespace trebol
