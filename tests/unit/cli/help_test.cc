// What every verb says of itself, and that docs/cli.md says no less.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/verbs.h"
#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class HelpTest : public CliTest {
 protected:
  /// But for those that are not of this table.
  static std::vector<std::string> Verbs() {
    std::vector<std::string> verbs = VerbNames();
    std::erase_if(verbs,
                  [](const std::string& verb) { return verb == "help" || verb == "server"; });
    return verbs;
  }
  std::string HelpOf(const std::string& verb) {
    std::vector<std::string> words = absl::StrSplit(verb, ' ');
    words.emplace_back("--help");
    EXPECT_EQ(Run(words), 0) << err();
    EXPECT_EQ(err(), "");
    return out();
  }
  /// The spellings that begin with two hyphens.
  static std::set<std::string> OptionsIn(const std::string& help) {
    std::set<std::string> options;
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(help, '\n'))) {
      const size_t at = line.find("--");
      if (!absl::StartsWith(line, "  -") || at > 6) continue;
      options.insert(line.substr(at, line.find(' ', at) - at));
    }
    return options;
  }
};

TEST_F(HelpTest, EveryVerbExplainsItself) {
  for (const std::string& verb : Verbs()) {
    const std::string help = HelpOf(verb);
    EXPECT_THAT(help, StartsWith(absl::StrCat("Usage: trebol ", verb, " [OPTIONS]")));
    EXPECT_THAT(help, HasSubstr("Exit codes: 0 done"));
    EXPECT_GE(OptionsIn(help).size(), 2u) << help;
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(help, '\n'))) {
      EXPECT_LE(line.size(), 105u) << "too wide for a terminal: " << line;
    }
    if (verb != "node ls" && verb != "cluster status" && verb != "health") {
      EXPECT_THAT(help, HasSubstr("Examples:\n")) << verb;
    }
  }
}

TEST_F(HelpTest, TheReferenceHasEveryVerbAndOption) {
  std::ifstream file(std::string(TREBOL_TREE) + "/docs/cli.md");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  ASSERT_THAT(text, StartsWith("# The command line"));
  for (const std::string& verb : Verbs()) {
    // Headings name several: "## trebol rm, cat".
    std::string section;
    for (absl::string_view part : absl::StrSplit(text, "\n## trebol ")) {
      const absl::string_view heading = part.substr(0, part.find('\n'));
      const std::vector<std::string> names = absl::StrSplit(heading, ", ");
      if (std::find(names.begin(), names.end(), verb) != names.end()) {
        section = std::string(part);
      }
    }
    ASSERT_NE(section, "") << verb;
    for (const std::string& option : OptionsIn(HelpOf(verb))) {
      if (option == "--endpoint" || option == "--credentials" || option == "--help") {
        continue;  // of all
      }
      const bool there = absl::StrContains(section, absl::StrCat("`", option, "`")) ||
                         absl::StrContains(section, absl::StrCat("`", option, " "));
      EXPECT_TRUE(there) << "docs/cli.md does not have " << option << " of " << verb;
    }
  }
}

TEST_F(HelpTest, WordsOfOtherToolsAreUnderstood) {
  for (const auto& [word, verb] :
       std::vector<std::pair<std::string, std::string>>{{"mkdir", "mb"},
                                                        {"delete", "rm"},
                                                        {"put", "cp"},
                                                        {"move", "mv"},
                                                        {"list", "ls"},
                                                        {"mirror", "sync"},
                                                        {"versioning", "bucket versioning"}}) {
    EXPECT_EQ(Run({word, "trebol://photos"}), 2);
    EXPECT_THAT(err(), HasSubstr(absl::StrCat("did you mean '", verb, "'?"))) << word;
  }
}

}  // namespace
}  // namespace trebol::cli
