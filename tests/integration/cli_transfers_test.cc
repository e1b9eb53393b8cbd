// The command line on a cluster of real processes: interrupted copies of large files go on where
// they were, and two sides are made the same with real files.
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/http/http_client.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/process.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kFileSize = 400'000'001;
constexpr int kPieces = 24;   // of 16 MiB
constexpr int kParallel = 4;  // pieces that a kill can cut off

class CliTransfers : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
  }

  /// How many calls of a method the gateway answered with OK.
  int Answered(const std::string& method) {
    const auto page = HttpGet(cluster().AdminEndpoint("gateway-0"), "/metrics", absl::Seconds(10));
    EXPECT_TRUE(page.ok()) << page.status();
    int answered = 0;
    for (absl::string_view line : absl::StrSplit(page->body, '\n')) {
      if (!absl::StrContains(line, "trebol_gateway_requests_total{")) continue;
      if (!absl::StrContains(line, absl::StrCat("\"", method, "\""))) continue;
      if (!absl::StrContains(line, "\"ok\"")) continue;
      double count = 0;
      EXPECT_TRUE(absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &count));
      answered += static_cast<int>(count);
    }
    return answered;
  }

  /// Runs `trebol ARGUMENTS` and kills it once `far_enough`.
  void KillOnceBegun(std::vector<std::string> arguments, const std::function<bool()>& far_enough) {
    arguments.insert(arguments.begin(), testing::ProgramPath("trebol"));
    ProcessSpec spec{.argv = arguments};
    spec.environment = {absl::StrCat("TREBOL_ENDPOINT=", cluster().Endpoint("gateway-0"))};
    spec.log_file = dir() + "/killed.log";
    auto process = Process::Start(spec);
    ASSERT_TRUE(process.ok()) << process.status();
    EXPECT_TRUE(Await("some pieces", [&] {
      return far_enough() || process->GetState() == Process::State::kGone;
    }));
    EXPECT_EQ(process->GetState(), Process::State::kRunning) << "it was too quick to be killed";
    (void)process->Signal(SIGKILL);
    EXPECT_TRUE(process->WaitGone(kPatience).ok());
  }
};

TEST_F(CliTransfers, KilledCopiesGoOnWhereTheyWere) {
  const std::string path = dir() + "/file";
  std::ofstream(path, std::ios::binary) << testing::MadeBytes{.seed = 4, .size = kFileSize}.All();
  const std::vector<std::string> up = {"cp", "--resume", path, "trebol://bucket/file"};
  KillOnceBegun(up, [this] { return Answered("UploadPart") >= 5; });
  EXPECT_FALSE(client().HeadObject("bucket", "file").ok());
  const auto again = Cli(up);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_LE(Answered("UploadPart"), kPieces + kParallel);

  const std::string copy = dir() + "/copy";
  const std::vector<std::string> down = {"cp", "--resume", "trebol://bucket/file", copy};
  const int before = Answered("GetObject");
  KillOnceBegun(down, [&] { return Answered("GetObject") >= before + 5; });
  EXPECT_FALSE(std::filesystem::exists(copy));
  const auto finished = Cli(down);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_LE(Answered("GetObject") - before, kPieces + kParallel + 1);
  EXPECT_TRUE(testing::ContentsOf(path) == testing::ContentsOf(copy));
  // Nothing of the attempts is left beside it.
  for (const auto& entry : std::filesystem::directory_iterator(dir())) {
    EXPECT_THAT(entry.path().filename().string(), ::testing::Not(HasSubstr("trebol-")));
  }
}

TEST_F(CliTransfers, ANewerFileIsNotMixedWithWhatWasSentOfTheOld) {
  const std::string path = dir() + "/file";
  std::ofstream(path, std::ios::binary) << testing::MadeBytes{.seed = 4, .size = kFileSize}.All();
  const std::vector<std::string> up = {"cp", "--resume", path, "trebol://bucket/file"};
  KillOnceBegun(up, [this] { return Answered("UploadPart") >= 3; });
  std::ofstream(path, std::ios::binary) << testing::MadeBytes{.seed = 5, .size = kFileSize}.All();
  EXPECT_EQ(Cli(up).exit_code, 0);
  EXPECT_EQ(Cli({"cp", "trebol://bucket/file", dir() + "/copy"}).exit_code, 0);
  EXPECT_TRUE(testing::ContentsOf(path) == testing::ContentsOf(dir() + "/copy"));
}

TEST_F(CliTransfers, SyncGoesThereAndBack) {
  const std::string tree = dir() + "/tree";
  std::filesystem::create_directories(tree + "/a/b");
  for (int i = 0; i < 300; ++i) {
    std::ofstream(absl::StrCat(tree, i % 3 == 0 ? "/a/b/" : "/a/", i))
        << testing::MadeBytes{.seed = 100u + static_cast<uint64_t>(i),
                              .size = static_cast<uint64_t>(i) * 1000}
               .All();
  }
  const auto up = Cli({"sync", tree, "trebol://bucket/t", "--delete"});
  EXPECT_EQ(up.exit_code, 0) << up.err;
  EXPECT_THAT(up.err, HasSubstr("300 copied, 0 removed, 0 as they were"));
  std::filesystem::remove(tree + "/a/b/3");
  std::ofstream(tree + "/a/1", std::ios::app) << "more";
  const auto second = Cli({"sync", tree, "trebol://bucket/t", "--delete"});
  EXPECT_THAT(second.err, HasSubstr("1 copied, 1 removed, 298 as they were"));
  const auto down = Cli({"sync", "trebol://bucket/t", dir() + "/back", "-q"});
  EXPECT_EQ(down.exit_code, 0) << down.err;
  const auto same = testing::RunProgram({"/usr/bin/diff", "-r", tree, dir() + "/back"});
  EXPECT_EQ(same.exit_code, 0) << same.out;
  const auto moved = Cli({"mv", "-r", "trebol://bucket/t/", "trebol://bucket/u/"});
  EXPECT_EQ(moved.exit_code, 0) << moved.err;
  const auto sum = Cli({"du", "--json", "trebol://bucket"});
  EXPECT_THAT(sum.out, HasSubstr("\"objects\":299"));
}

TEST_F(CliTransfers, BashCompletesVerbsOptionsAndNames) {
  ASSERT_TRUE(client().PutObject("bucket", "holiday/beach.jpg", "x").ok());
  const std::string bin = std::filesystem::path(testing::ProgramPath("trebol")).parent_path();
  const auto complete = [&](const std::string& line) {
    const std::string script = absl::StrCat(
        "PATH=", bin, ":$PATH; source <(trebol completion bash); COMP_LINE='", line,
        "'; COMP_POINT=${#COMP_LINE}; COMP_WORDBREAKS=$' :='; read -ra words <<<\"$COMP_LINE\"; "
        "COMP_WORDS=(\"${words[@]}\"); [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=(''); "
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; }; _trebol; "
        "printf '%s\\n' \"${COMPREPLY[@]}\"");
    testing::ProgramOptions options;
    options.environment = {{"TREBOL_ENDPOINT", cluster().Endpoint("gateway-0")}};
    return testing::RunProgram({"/bin/bash", "-c", script}, options).out;
  };
  EXPECT_EQ(complete("trebol sy"), "sync\n");
  EXPECT_THAT(complete("trebol bucket ver"), HasSubstr("versioning"));
  EXPECT_THAT(complete("trebol cp --res"), HasSubstr("--resume"));
  EXPECT_THAT(complete("trebol cat trebol://buc"), HasSubstr("trebol://bucket/"));
  EXPECT_THAT(complete("trebol cat trebol://bucket/hol"), HasSubstr("trebol://bucket/holiday/"));
  EXPECT_THAT(complete("trebol cat trebol://bucket/holiday/b"), HasSubstr("beach.jpg"));
}

}  // namespace
}  // namespace trebol
