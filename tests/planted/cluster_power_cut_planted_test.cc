#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/telemetry/log.h"
#include "tests/simulation/cluster_power_cut.h"

namespace trebol {
namespace {

constexpr int kMostRuns = 60;
constexpr int kLives = 8;

struct Defect {
  const char* name;
  const char* shows_as;  // how what it breaks begins
};

class PlantedClusterDefect : public testing::TestWithParam<Defect> {};

// The check that the sound build passes must fail for each of these.
TEST_P(PlantedClusterDefect, IsCaught) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  setenv("TREBOL_PLANTED_DEFECT", GetParam().name, 1);
  const char* given = std::getenv("TREBOL_SEED");
  const uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  std::vector<std::string> violations;
  uint64_t cuts = 0;
  for (uint64_t seed = first; seed < first + kMostRuns && violations.empty(); ++seed) {
    const ClusterPowerCutRun run = RunClusterPowerCuts(seed, kLives);
    cuts += run.cuts;
    violations = run.violations;
  }
  unsetenv("TREBOL_PLANTED_DEFECT");
  ASSERT_FALSE(violations.empty()) << GetParam().name << " was not noticed in " << cuts << " cuts";
  std::printf("%s: after %s cuts: %s\n", GetParam().name, absl::StrCat(cuts).c_str(),
              violations.front().c_str());
  EXPECT_TRUE(absl::StrContains(violations.front(), GetParam().shows_as));
}

INSTANTIATE_TEST_SUITE_P(All, PlantedClusterDefect,
                         testing::Values(Defect{"engine.no_fsync", "LOST"},
                                         Defect{"engine.no_dir_fsync", "LOST"},
                                         Defect{"engine.trust_index_over_log", "LOST"},
                                         Defect{"gateway.ack_at_one_copy", "LOST"},
                                         Defect{"collector.ignore_horizon", "UNAVAILABLE"}),
                         [](const auto& info) {
                           std::string name = info.param.name;
                           for (char& c : name) {
                             if (c == '.') c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace trebol
