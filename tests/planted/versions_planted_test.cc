// What the model of versions, copies, uploads and conditions must notice. It runs as the program
// that it is, with the defect in its environment.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/testing/run_program.h"

namespace trebol {
namespace {

class PlantedVersionsDefect : public ::testing::TestWithParam<const char*> {};

testing::ProgramResult RunModel(const std::string& defect) {
  const std::filesystem::path build =
      std::filesystem::path(testing::ProgramPath("")).parent_path().parent_path();
  testing::ProgramOptions options;
  options.environment["RC_PARAMS"] = "max_success=500";
  if (!defect.empty()) options.environment["TREBOL_PLANTED_DEFECT"] = defect;
  options.timeout = absl::Minutes(8);
  return testing::RunProgram(
      {(build / "tests/unit_metadata_catalog_test").string(), "--gtest_filter=VersionsProperty.*"},
      options);
}

TEST_P(PlantedVersionsDefect, IsCaught) {
  const testing::ProgramResult run = RunModel(GetParam());
  EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
  EXPECT_NE(run.out.find("Falsifiable after"), std::string::npos) << run.out;
}

TEST(VersionsModel, PassesWithoutADefect) { EXPECT_EQ(RunModel("").exit_code, 0); }

INSTANTIATE_TEST_SUITE_P(All, PlantedVersionsDefect,
                         ::testing::Values("catalog.no_preconditions",
                                           "catalog.complete_any_revision"),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) {
                             if (c == '.') c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace trebol
