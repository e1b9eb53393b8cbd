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
#else
constexpr int kRuns = 200;
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
  std::printf("replay: TREBOL_SEED=%s simulation_cluster_power_cut_test\n",
              absl::StrCat(seed).c_str());
}

// TREBOL_SEED=N replays one run; TREBOL_SEEDS=N changes how many new ones are tried.
TEST(ClusterPowerCut, KeepsEveryPromiseThroughLossOfPower) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  if (std::getenv("TREBOL_SEED") != nullptr) {
    const uint64_t seed = Number("TREBOL_SEED", 0);
    const ClusterPowerCutRun run = RunClusterPowerCuts(seed, kLives);
    std::printf("%s\n", run.Summary().c_str());
    return Report(seed, run);
  }
  const int runs = static_cast<int>(Number("TREBOL_SEEDS", kRuns));
  const uint64_t first = std::random_device()();
  std::printf("seeds from %s\n", absl::StrCat(first).c_str());
  Mutex mutex;
  ClusterPowerCutRun total;
  std::atomic<int> next = 0;
  std::atomic<bool> failed = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int run = next++; run < runs && !failed; run = next++) {
        const ClusterPowerCutRun one = RunClusterPowerCuts(first + run, kLives);
        MutexLock lock(&mutex);
        Report(first + run, one);
        total.Add(one);
        if (!one.violations.empty()) failed = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("%s\n", total.Summary().c_str());
  if (failed || runs < kRuns) return;
  // A test that did too little proves nothing.
  const uint64_t cuts = uint64_t{kRuns} * kLives;
  EXPECT_EQ(total.cuts, cuts);
  EXPECT_GT(total.cuts_while_opening, cuts / 20);
  EXPECT_GT(total.cuts_inside_operations, cuts / 3);
  EXPECT_GT(total.acked_puts, cuts * 4);
  EXPECT_GT(total.acked_deletes, cuts / 2);
  EXPECT_GT(total.torn_writes, cuts / 10);
  EXPECT_GT(total.dropped_writes, cuts / 3);
  EXPECT_GT(total.lost_names, 0u);
  EXPECT_GT(total.refused_by_session, 0u);
  EXPECT_GT(total.copies_checked, cuts * 20);
  EXPECT_GE(total.collections, static_cast<uint64_t>(kRuns));
}

}  // namespace
}  // namespace trebol
