// Every planted defect is noticed by the test that the catalogue names, and that test passes
// without it. Prints the matrix.
#include "tests/planted/catalogue.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <ostream>
#include <regex>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/testing/run_program.h"
#include "tests/unit/tree/source_tree.h"

namespace trebol {
namespace {

constexpr size_t kFewest = 24;
constexpr size_t kLongestLine = 110;

struct Row {
  PlantedDefect defect;
  std::string showed;
  absl::Duration took;
};
std::vector<Row>& Matrix() {
  static std::vector<Row> matrix;
  return matrix;
}

class PrintMatrix final : public ::testing::Environment {
  void TearDown() override {
    if (Matrix().empty()) return;
    std::printf(
        "\n| defect | hazard | caught by | how it showed | seconds |\n|---|---|---|---|---|\n");
    absl::Duration sum;
    for (const Row& row : Matrix()) {
      std::printf("| `%s` | %s: %s | `%s` %s | %s | %.1f |\n", row.defect.name, row.defect.group,
                  row.defect.hazard, row.defect.program, row.defect.filter, row.showed.c_str(),
                  absl::ToDoubleSeconds(row.took));
      sum += row.took;
    }
    std::printf("%d defects, %.0f seconds\n\n", static_cast<int>(Matrix().size()),
                absl::ToDoubleSeconds(sum));
  }
};
const auto* const kPrintMatrix = ::testing::AddGlobalTestEnvironment(new PrintMatrix);

testing::ProgramResult RunTest(const PlantedDefect& defect, bool planted) {
  const std::filesystem::path build =
      std::filesystem::path(testing::ProgramPath("")).parent_path().parent_path();
  testing::ProgramOptions options;
  if (planted) options.environment["TREBOL_PLANTED_DEFECT"] = defect.name;
  if (*defect.environment != '\0') {
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(defect.environment, absl::MaxSplits('=', 1));
    options.environment[pair.first] = pair.second;
  }
  options.timeout = absl::Minutes(3);
  return testing::RunProgram(
      {(build / "tests" / defect.program).string(), absl::StrCat("--gtest_filter=", defect.filter)},
      options);
}

/// The same test stands for several defects.
const testing::ProgramResult& RunSound(const PlantedDefect& defect) {
  static std::map<std::tuple<std::string, std::string, std::string>, testing::ProgramResult> runs;
  const auto key = std::make_tuple(std::string(defect.program), std::string(defect.filter),
                                   std::string(defect.environment));
  const auto found = runs.find(key);
  if (found != runs.end()) return found->second;
  return runs[key] = RunTest(defect, /*planted=*/false);
}

/// The first line with these words, as it fits into a table; empty if there is none.
std::string LineWith(const std::string& output, const std::string& words) {
  for (const absl::string_view whole : absl::StrSplit(output, '\n')) {
    if (!absl::StrContains(whole, words)) continue;
    std::string line(whole);
    line = std::regex_replace(line, std::regex("^ +|\\|"), "");
    const size_t at = line.find(words);
    if (at > kLongestLine / 2) line = "…" + line.substr(at);
    if (line.size() > kLongestLine) line = line.substr(0, kLongestLine) + "…";
    return line;
  }
  return "";
}

/// Short, for who reads which case it is.
[[maybe_unused]] void PrintTo(const PlantedDefect& defect, std::ostream* out) {
  *out << defect.name;
}

class PlantedDefectTest : public ::testing::TestWithParam<PlantedDefect> {};

TEST_P(PlantedDefectTest, IsCaught) {
  const PlantedDefect& defect = GetParam();
  const absl::Time begin = absl::Now();
  const testing::ProgramResult& sound = RunSound(defect);
  ASSERT_EQ(sound.exit_code, 0) << "fails without a defect: " << sound.out << sound.err;
  ASSERT_TRUE(absl::StrContains(sound.out, "[  PASSED  ]") &&
              !absl::StrContains(sound.out, "0 tests ran"))
      << "no case has this name: " << sound.out;
  const testing::ProgramResult broken = RunTest(defect, /*planted=*/true);
  const std::string output = absl::StrCat(broken.out, broken.err);
  EXPECT_NE(broken.exit_code, 0) << defect.name << " was not noticed: " << output;
  EXPECT_NE(broken.exit_code, 124) << defect.name << " made it hang: " << output;
  const std::string line = LineWith(output, defect.says);
  EXPECT_NE(line, "") << "it fails for another reason than '" << defect.says << "': " << output;
  if (!HasFailure()) Matrix().push_back({defect, line, absl::Now() - begin});
}

INSTANTIATE_TEST_SUITE_P(All, PlantedDefectTest,
                         ::testing::ValuesIn(PlantedDefects().begin(), PlantedDefects().end()),
                         [](const auto& info) {
                           std::string name = info.param.name;
                           for (char& c : name) c = c == '.' ? '_' : c;
                           return name;
                         });

TEST(PlantedCatalogue, NamesExactlyTheGuardsOfTheTree) {
  std::set<std::string> named;
  for (const PlantedDefect& defect : PlantedDefects()) {
    EXPECT_TRUE(named.insert(defect.name).second) << defect.name << " has two rows";
  }
  EXPECT_GE(named.size(), kFewest);
  std::set<std::string> planted;
  const std::regex guard("Planted\\(\"([^\"]+)\"\\)");
  for (const SourceFile& file : ReadSourceTree(TREBOL_TREE)) {
    if (absl::StartsWith(file.path, "tests/")) continue;
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (std::regex_search(line, match, guard)) planted.insert(match[1]);
    }
  }
  EXPECT_EQ(named, planted);
}

}  // namespace
}  // namespace trebol
