// What the shells complete, with the names of a real cluster.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "tests/testing/run_program.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

class CliCompletion : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
    for (const std::string& key :
         {std::string("holiday/beach.jpg"), std::string("my picture (1).jpg"), std::string("a:b=c"),
          // Names that do something in a shell that expands them.
          absl::StrCat("evil/$(touch ", Trap(), ")"), absl::StrCat("evil/`touch ", Trap(), "`")}) {
      ASSERT_TRUE(client().PutObject("bucket", key, "x").ok()) << key;
    }
  }
  void TearDown() override { EXPECT_FALSE(std::filesystem::exists(Trap())) << "a name was run"; }

  std::string Trap() const { return dir() + "/trap"; }

  testing::ProgramResult Shell(const std::string& shell, const std::string& script) {
    const std::string bin = std::filesystem::path(testing::ProgramPath("trebol")).parent_path();
    testing::ProgramOptions options;
    options.environment = {{"TREBOL_ENDPOINT", cluster().Endpoint("gateway-0")},
                           {"LC_ALL", "C.UTF-8"},
                           {"HOME", dir()},
                           {"PATH", bin + ":/usr/bin:/bin"}};
    return testing::RunProgram({shell, "-c", script}, options);
  }
  /// What bash would put in place of the last word. `words` are cut as bash cuts a line, at colons
  /// and equals signs too.
  std::string Bash(const std::string& line, const std::vector<std::string>& words) {
    std::ofstream(dir() + "/line") << line;
    std::ofstream(dir() + "/words") << absl::StrJoin(words, "\n") << "\n";
    const auto result =
        Shell("/bin/bash", absl::StrCat("cd ", dir(),
                                        "; source <(trebol completion bash); COMP_LINE=$(<line); "
                                        "COMP_POINT=${#COMP_LINE}; mapfile -t COMP_WORDS <words; "
                                        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; }; "
                                        "_trebol; printf '[%s]' \"${COMPREPLY[@]}\""));
    EXPECT_EQ(result.err, "");
    return result.out;
  }
};

TEST_F(CliCompletion, BashCompletesVerbsOptionsAndNames) {
  EXPECT_EQ(Bash("trebol sy", {"trebol", "sy"}), "[sync]");
  EXPECT_EQ(Bash("trebol bucket ver", {"trebol", "bucket", "ver"}), "[versioning]");
  EXPECT_EQ(Bash("trebol cp --res", {"trebol", "cp", "--res"}), "[--resume]");
  EXPECT_EQ(Bash("trebol bucket tag --cl", {"trebol", "bucket", "tag", "--cl"}), "[--clear]");
  EXPECT_EQ(Bash("trebol completion f", {"trebol", "completion", "f"}), "[fish]");
  EXPECT_EQ(Bash("trebol bucket versioning trebol://bucket e",
                 {"trebol", "bucket", "versioning", "trebol", ":", "//bucket", "e"}),
            "[enabled]");
  EXPECT_EQ(Bash("trebol cat tre", {"trebol", "cat", "tre"}), "[trebol://]");
  const auto name = [this](const std::string& rest) {
    return Bash("trebol cat trebol:" + rest, {"trebol", "cat", "trebol", ":", rest});
  };
  EXPECT_EQ(name("//buc"), "[//bucket/]");
  EXPECT_EQ(name("//bucket/hol"), "[//bucket/holiday/]");
  EXPECT_EQ(name("//bucket/holiday/"), "[//bucket/holiday/beach.jpg]");
  EXPECT_EQ(name("//bucket/my\\ pic"), "[//bucket/my\\ picture\\ \\(1\\).jpg]");
  EXPECT_EQ(name("//nowhere/"), "[]");
  EXPECT_EQ(
      Bash("trebol cat trebol://bucket/a:", {"trebol", "cat", "trebol", ":", "//bucket/a", ":"}),
      "[b=c]");
  // Where colons do not end words.
  EXPECT_EQ(Bash("trebol cat trebol://bucket/hol", {"trebol", "cat", "trebol://bucket/hol"}),
            "[trebol://bucket/holiday/]");
}

TEST_F(CliCompletion, BashRunsNoNameAndQuotesWhatItOffers) {
  const std::string offered =
      Bash("trebol cat trebol://bucket/evil/", {"trebol", "cat", "trebol", ":", "//bucket/evil/"});
  EXPECT_THAT(offered, HasSubstr("//bucket/evil/\\$\\(touch\\ "));
  EXPECT_THAT(offered, HasSubstr("//bucket/evil/\\`touch\\ "));
}

TEST_F(CliCompletion, FishCompletesVerbsOptionsAndNames) {
  const auto complete = [this](const std::string& line) {
    const auto result = Shell(
        "/usr/bin/fish", absl::StrCat("trebol completion fish | source; complete -C '", line, "'"));
    EXPECT_EQ(result.err, "");
    return result.out;
  };
  EXPECT_THAT(complete("trebol sy"), HasSubstr("sync\n"));
  EXPECT_THAT(complete("trebol bucket "), HasSubstr("versioning\n"));
  EXPECT_THAT(complete("trebol cp --res"), HasSubstr("--resume\t"));
  EXPECT_THAT(complete("trebol cat trebol://bucket/hol"), HasSubstr("trebol://bucket/holiday/\n"));
  EXPECT_THAT(complete("trebol cat trebol://bucket/evil/"), HasSubstr("/evil/$(touch "));
}

TEST_F(CliCompletion, ZshTakesTheScriptAndAsksForNames) {
  const auto result = Shell("/usr/bin/zsh",
                            "source <(trebol completion zsh); print $_comps[trebol]; "
                            "_trebol_names trebol://buc; _trebol_names trebol://bucket/hol; "
                            "_trebol_names trebol://bucket/evil/");
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("_trebol\ntrebol://bucket/\ntrebol://bucket/holiday/\n"));
  EXPECT_THAT(result.out, HasSubstr("trebol://bucket/evil/$(touch "));
}

}  // namespace
}  // namespace trebol
