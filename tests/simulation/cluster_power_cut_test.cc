#include "tests/simulation/cluster_power_cut.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/mutex.h"
#include "common/telemetry/log.h"

namespace trebol {
namespace {

#ifdef TREBOL_PLANTED_DEFECTS
constexpr int kRuns = 12;  // the sanitizers' share
constexpr int kRunsWithMoves = 1;
#else
constexpr int kRuns = 200;
constexpr int kRunsWithMoves = 8;  // each takes some seconds; TREBOL_SEEDS asks for more
#endif
constexpr int kLives = 8;
constexpr int kThreads = 2;

uint64_t Number(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

void Report(uint64_t seed, const ClusterPowerCutRun& run) {
  for (const std::string& violation : run.violations) ADD_FAILURE() << violation;
  if (run.violations.empty()) return;
  std::printf("replay: TREBOL_SEED=%s simulation_cluster_power_cut_test --gtest_filter=*.%s\n",
              absl::StrCat(seed).c_str(),
              testing::UnitTest::GetInstance()->current_test_info()->name());
}

/// All runs, or the one that TREBOL_SEED asks for; then it did enough if nothing fails.
ClusterPowerCutRun RunAll(int usual_runs, bool moves) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  ClusterPowerCutRun total;
  if (std::getenv("TREBOL_SEED") != nullptr) {
    const uint64_t seed = Number("TREBOL_SEED", 0);
    total = RunClusterPowerCuts(seed, kLives, moves);
    Report(seed, total);
  } else {
    const int runs = static_cast<int>(Number("TREBOL_SEEDS", usual_runs));
    const uint64_t first = std::random_device()();
    std::printf("seeds from %s\n", absl::StrCat(first).c_str());
    Mutex mutex;
    std::atomic<int> next = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int run = next++; run < runs && !testing::Test::HasFailure(); run = next++) {
          const ClusterPowerCutRun one = RunClusterPowerCuts(first + run, kLives, moves);
          MutexLock lock(&mutex);
          Report(first + run, one);
          total.Add(one);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  std::printf("%s\n", total.Summary().c_str());
  return total;
}

/// A test that did too little proves nothing.
void ExpectEnough(const ClusterPowerCutRun& total, uint64_t runs) {
  const uint64_t cuts = runs * kLives;
  if (total.cuts < cuts) return;  // a replay, or fewer were asked for
  EXPECT_GT(total.cuts_while_opening, cuts / 20);
  EXPECT_GT(total.cuts_inside_operations, cuts / 3);
  EXPECT_GT(total.torn_writes, cuts / 10);
  EXPECT_GT(total.dropped_writes, cuts / 3);
  EXPECT_GT(total.lost_names, 0u);
  EXPECT_GT(total.copies_checked, cuts * 20);
  EXPECT_GE(total.collections, runs);
}

// TREBOL_SEED=N replays one run; TREBOL_SEEDS=N changes how many new ones are tried.
TEST(ClusterPowerCut, KeepsEveryPromiseThroughLossOfPower) {
  const ClusterPowerCutRun total = RunAll(kRuns, /*moves=*/false);
  if (HasFailure()) return;
  ExpectEnough(total, kRuns);
  if (total.cuts < uint64_t{kRuns} * kLives) return;
  EXPECT_GT(total.acked_puts, total.cuts * 4);
  EXPECT_GT(total.acked_deletes, total.cuts / 2);
  EXPECT_GT(total.refused_by_session, 0u);
}

// The same while an operator takes nodes in and drains others.
TEST(ClusterPowerCut, KeepsThemWhilePartitionsMove) {
  const ClusterPowerCutRun total = RunAll(kRunsWithMoves, /*moves=*/true);
  if (HasFailure()) return;
  if (kRunsWithMoves >= 8) ExpectEnough(total, kRunsWithMoves);
  if (total.cuts < uint64_t{kRunsWithMoves} * kLives || kRunsWithMoves < 8) return;
  EXPECT_GT(total.acked_puts, total.cuts * 2);
  EXPECT_GT(total.node_changes, total.cuts / 6);
  EXPECT_GT(total.cuts_during_moves, total.cuts / 16);
}

}  // namespace
}  // namespace trebol
