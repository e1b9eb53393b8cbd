#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "common/telemetry/log.h"
#include "tests/simulation/moves_world.h"

namespace trebol::simulation {
namespace {

constexpr uint64_t kMostSeeds = 1000;
constexpr int kSteps = 300;

struct Defect {
  const char* name;
  const char* shows_as;  // how what it breaks begins
};

class PlantedMovesDefect : public testing::TestWithParam<Defect> {};

// The simulation that the sound build passes must fail for each of these.
TEST_P(PlantedMovesDefect, IsCaught) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  setenv("TREBOL_PLANTED_DEFECT", GetParam().name, 1);
  std::vector<std::string> violations;
  uint64_t seed = 0;
  while (violations.empty() && seed < kMostSeeds)
    violations = MovesWorld(++seed).Run(kSteps).violations;
  unsetenv("TREBOL_PLANTED_DEFECT");
  ASSERT_FALSE(violations.empty())
      << GetParam().name << " was not noticed with " << seed << " seeds";
  std::printf("%s: seed %d: %s\n", GetParam().name, static_cast<int>(seed),
              violations.front().c_str());
  EXPECT_TRUE(absl::StrContains(violations.front(), GetParam().shows_as));
}

INSTANTIATE_TEST_SUITE_P(All, PlantedMovesDefect,
                         testing::Values(Defect{"node.forget_without_an_answer", "LOST"},
                                         Defect{"node.answer_under_older_map", "UNDELETED"},
                                         Defect{"node.delete_under_older_map", "UNDELETED"}),
                         [](const auto& info) {
                           std::string name = info.param.name;
                           for (char& c : name) {
                             if (c == '.') c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace trebol::simulation
