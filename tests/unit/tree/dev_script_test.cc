// How ./dev counts: what stands in its last line decides whether a change lands.

#include <stdio.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPassed[] = R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="1" disabled="1" errors="0" time="0.1" name="AllTests">
  <testsuite name="Engine" tests="5" failures="1" disabled="1" skipped="1" errors="0" time="0.1">
    <testcase name="Good" status="run" result="completed" time="0" classname="Engine" />
    <testcase name="Bad" file="a.cc" status="run" result="completed" time="0" classname="Engine">
      <failure message="a.cc:1&#x0A;one" type=""><![CDATA[a.cc:1
<testsuites tests="99" failures="0" disabled="0" errors="0">
one]]></failure>
      <failure message="a.cc:2&#x0A;two" type=""><![CDATA[two]]></failure>
    </testcase>
  </testsuite>
</testsuites>
)";

class DevScriptTest : public ::testing::Test {
 protected:
  DevScriptTest() {
    std::string name = std::filesystem::path(::testing::TempDir()) / "dev_script_test.XXXXXX";
    folder_ = mkdtemp(name.data());
    std::filesystem::create_directory(folder_ + "/test-results");
  }
  ~DevScriptTest() override { std::filesystem::remove_all(folder_); }

  void WriteResult(const std::string& name, const std::string& xml) {
    std::ofstream(folder_ + "/test-results/" + name + ".xml") << xml;
  }

  /// What count() makes of a run with this log.
  std::string Count(const std::string& log, const std::string& expected,
                    const std::string& with_cases) {
    std::ofstream(folder_ + "/log") << log;
    return Bash("source '" TREBOL_TREE "/dev'; count unit '" + folder_ + "' '" + folder_ +
                "/log' '" + expected + "' '" + with_cases +
                "'; printf '%s\\n' \"$passed/$failed/$skipped\" ${failures[@]+\"${failures[@]}\"}");
  }

  std::string Bash(const std::string& script) {
    std::ofstream(folder_ + "/script") << script;
    FILE* const pipe = popen(("bash '" + folder_ + "/script' 2>&1").c_str(), "r");
    std::string output;
    char buffer[4096];
    while (fgets(buffer, sizeof buffer, pipe) != nullptr) output += buffer;
    exit_status_ = pclose(pipe);
    return output;
  }

  std::string folder_;
  int exit_status_ = 0;
};

TEST_F(DevScriptTest, AddsUpTheCasesOfAProgram) {
  WriteResult("engine_test", kPassed);
  const std::string counted = Count(" 1/10 Test  #3: engine_test ......***Failed    0.10 sec\n",
                                    "engine_test", "engine_test");
  EXPECT_THAT(counted, HasSubstr("2/1/2\n"));
  EXPECT_THAT(counted, HasSubstr("unit: engine_test: Engine.Bad\n"));
  EXPECT_THAT(counted, Not(HasSubstr("Good")));
}

TEST_F(DevScriptTest, AProgramThatToldNoCasesHasFailed) {
  for (const char* outcome :
       {"***Exception: SegFault  0.30 sec", "***Timeout  60.02 sec", "***Not Run   0.00 sec",
        "Subprocess aborted***Exception:   0.28 sec", "***Failed    0.1 sec",
        "   Passed    0.1 sec"}) {  // as after exit(0) in the middle of a case
    const std::string counted =
        Count(std::string(" 1/1 Test #12: engine_test .....") + outcome + "\n", "engine_test",
              "engine_test");
    EXPECT_THAT(counted, HasSubstr("0/1/0\n")) << outcome;
    EXPECT_THAT(counted, HasSubstr("unit: engine_test: the program told no cases")) << outcome;
  }
}

TEST_F(DevScriptTest, AResultThatIsCutOffIsNone) {
  WriteResult("engine_test", std::string(kPassed).substr(0, 300));
  EXPECT_THAT(
      Count("1/1 Test #1: engine_test ...   Passed    0.1 sec\n", "engine_test", "engine_test"),
      HasSubstr("0/1/0\n"));
}

TEST_F(DevScriptTest, AProgramThatEndsBadlyAfterItsCasesHasFailed) {
  WriteResult(
      "engine_test",
      "<testsuites tests=\"2\" failures=\"0\" disabled=\"0\" errors=\"0\">\n</testsuites>\n");
  const std::string counted =
      Count("1/1 Test #1: engine_test ...***Failed    0.1 sec\n", "engine_test", "engine_test");
  EXPECT_THAT(counted, HasSubstr("2/1/0\n"));
  EXPECT_THAT(counted, HasSubstr("the program ended badly (Failed)"));
}

TEST_F(DevScriptTest, OtherProgramsCountAsOne) {
  EXPECT_THAT(Count("1/4 Test #1: fuzz_a ...   Passed    0.1 sec\n"
                    "2/4 Test #2: fuzz_b ...***Failed    0.1 sec\n"
                    "3/4 Test #3: story_c ...***Skipped    0.1 sec\n"
                    "4/4 Test #4: story_d ...***Not Run (Disabled)    0.00 sec\n",
                    "fuzz_a fuzz_b story_c story_d", ""),
              HasSubstr("1/1/2\n"));
}

TEST_F(DevScriptTest, AProgramThatIsNotInTheLogHasFailed) {
  const std::string counted =
      Count("1/2 Test #1: fuzz_a ...   Passed    0.1 sec\n", "fuzz_a\nengine_test", "engine_test");
  EXPECT_THAT(counted, HasSubstr("1/1/0\n"));
  EXPECT_THAT(counted, HasSubstr("unit: engine_test: did not run"));
}

TEST_F(DevScriptTest, AScriptCountsAsOneAndCanSayThatItCannotRun) {
  const std::string counted =
      Bash("source '" TREBOL_TREE
           "/dev'; for code in 0 77 1 130; do count_script compose $code; done; "
           "printf '%s\\n' \"$passed/$failed/$skipped\" \"${failures[@]}\"");
  EXPECT_EQ(counted,
            "1/2/1\n"
            "compose: exit code 1, see its messages above\n"
            "compose: exit code 130, see its messages above\n");
}

TEST_F(DevScriptTest, WhatIsMissingIsNamed) {
  EXPECT_EQ(Bash("source '" TREBOL_TREE "/dev'; missing_packages bash no-such-package-ever"),
            "no-such-package-ever\n");
}

TEST_F(DevScriptTest, HelpNamesEveryCommandAndAnUnknownOneFails) {
  const std::string help = Bash("cd / && '" TREBOL_TREE "/dev'");
  EXPECT_EQ(exit_status_, 0);
  for (const char* command : {"build", "run", "test", "compose-test", "cluster", "bench", "torture",
                              "lint", "fmt", "setup", "clean"}) {
    EXPECT_THAT(help, HasSubstr(std::string("\n  ") + command));
  }
  EXPECT_THAT(Bash("'" TREBOL_TREE "/dev' biuld"), HasSubstr("there is no command 'biuld'"));
  EXPECT_NE(exit_status_, 0);
}

TEST_F(DevScriptTest, CiCallsTheTestsAndNothingElse) {
  std::ifstream file(TREBOL_TREE "/.ci/run");
  std::string line, last;
  while (std::getline(file, line)) last = line;
  EXPECT_THAT(last, HasSubstr("/dev\" test"));
}

}  // namespace
