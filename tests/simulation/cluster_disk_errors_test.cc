#include "tests/simulation/cluster_disk_errors.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/telemetry/log.h"

namespace trebol {
namespace {

using Operation = SimulatedDisk::Operation;
using Failure = SimulatedDisk::Failure;

constexpr uint64_t kMostK = 20;
#ifdef TREBOL_PLANTED_DEFECTS
constexpr uint64_t kEvery = 7;  // the sanitizers' share of k
#else
constexpr uint64_t kEvery = 1;
#endif

struct Case {
  const char* name;
  Operation operation;
  Failure failure;
  const char* part;
  uint64_t fewest;  // errors that happen, of 3 nodes and all k
};

class ClusterDiskErrors : public testing::TestWithParam<Case> {};

// Each k on each of the three nodes. TREBOL_SEED=N replays one run of the case that
// --gtest_filter names: N is 1000 seeds and k.
TEST_P(ClusterDiskErrors, LoseNothingAndStopOnlyWhoIsInDoubt) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  const Case& one = GetParam();
  const char* given = std::getenv("TREBOL_SEED");
  ClusterDiskErrorsRun total;
  for (uint64_t k = 1; k <= kMostK && !HasFailure(); k += kEvery) {
    uint64_t seed = 1000 + k;
    if (given != nullptr) seed = std::strtoull(given, nullptr, 10);
    const ClusterDiskErrorsRun run = RunClusterDiskErrors(
        seed,
        {.operation = one.operation, .failure = one.failure, .part = one.part, .k = seed % 1000});
    for (const std::string& violation : run.violations) {
      ADD_FAILURE() << violation << "\nreplay: TREBOL_SEED=" << seed
                    << " simulation_cluster_disk_errors_test --gtest_filter=*/" << one.name;
    }
    total.Add(run);
    if (given != nullptr) break;
  }
  std::printf("%s: %s\n", one.name, total.Summary().c_str());
  if (given != nullptr || kEvery != 1 || HasFailure()) return;
  // A run in which nothing failed proves nothing.
  EXPECT_GE(total.errors, one.fewest);
  EXPECT_GT(total.acked_puts, 1000u);
}

INSTANTIATE_TEST_SUITE_P(
    Of, ClusterDiskErrors,
    testing::Values(
        Case{"WriteOfASegment", Operation::kWrite, Failure::kIoError, "segments", 20},
        Case{"NoSpaceForASegment", Operation::kWrite, Failure::kNoSpace, "segments", 20},
        Case{"HalfAWriteOfASegment", Operation::kWrite, Failure::kShort, "segments", 20},
        Case{"FlushOfASegment", Operation::kSync, Failure::kIoError, "segments", 20},
        Case{"NoSpaceAtAFlush", Operation::kSync, Failure::kNoSpace, "segments", 20},
        Case{"ReadOfASegment", Operation::kRead, Failure::kIoError, "segments", 20},
        Case{"HalfAReadOfASegment", Operation::kRead, Failure::kShort, "segments", 20},
        Case{"NewSegment", Operation::kCreate, Failure::kIoError, "segments", 3},
        Case{"NameOfASegment", Operation::kRename, Failure::kIoError, "segments", 3},
        Case{"FlushOfNames", Operation::kSyncDirectory, Failure::kIoError, "segments", 3},
        Case{"WriteOfTheIndex", Operation::kWrite, Failure::kIoError, "index", 3},
        Case{"NoSpaceForTheIndex", Operation::kWrite, Failure::kNoSpace, "index", 3},
        Case{"FlushOfTheIndex", Operation::kSync, Failure::kIoError, "index", 3},
        Case{"ReadOfTheIndex", Operation::kRead, Failure::kIoError, "index", 0},
        Case{"NewFileOfTheIndex", Operation::kCreate, Failure::kIoError, "index", 3}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace trebol
