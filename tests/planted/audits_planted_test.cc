// What the tests of the audits must notice. They run as the program that they are, with the defect
// in its environment.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/testing/run_program.h"

namespace trebol {
namespace {

struct Defect {
  const char* name;
  const char* test;  // that must fail
};

class PlantedAuditsDefect : public ::testing::TestWithParam<Defect> {};

testing::ProgramResult RunTest(const std::string& test, const std::string& defect) {
  const std::filesystem::path build =
      std::filesystem::path(testing::ProgramPath("")).parent_path().parent_path();
  testing::ProgramOptions options;
  if (!defect.empty()) options.environment["TREBOL_PLANTED_DEFECT"] = defect;
  options.timeout = absl::Minutes(2);
  return testing::RunProgram(
      {(build / "tests/unit_metadata_cluster_test").string(), "--gtest_filter=" + test}, options);
}

TEST_P(PlantedAuditsDefect, IsCaught) {
  const testing::ProgramResult run = RunTest(GetParam().test, GetParam().name);
  EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
  EXPECT_NE(run.out.find("[  FAILED  ]"), std::string::npos) << run.out;
  EXPECT_EQ(RunTest(GetParam().test, "").exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, PlantedAuditsDefect,
    ::testing::Values(
        Defect{"audit.members_asked_once", "ChunkAuditTest.ACopyThatMovesMeanwhileIsFound"},
        Defect{"audit.unknown_is_absent", "ChunkAuditTest.NobodyInDoubtIsTakenForOneWithout"},
        Defect{"audit.judge_after_listing",
               "OrphanAuditTest.WhatIsCollectedMeanwhileIsNotTakenForAnOrphan"},
        Defect{"audit.no_brake", "OrphanAuditTest.StopsAbove*"},
        Defect{"audit.scan_without_nodes",
               "OrphanAuditTest.EndsWithoutEffectWhenTheScanIsNotWhole"}),
    [](const auto& info) {
      std::string name = info.param.name;
      for (char& c : name) {
        if (c == '.') c = '_';
      }
      return name;
    });

}  // namespace
}  // namespace trebol
