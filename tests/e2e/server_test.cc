// `trebol server DIR`: it says where it serves and what to try, ends with 0 at Ctrl-C, and a second
// start finds the data of the first.
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/http/http_client.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/server_log.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

class Server : public testing::Story {
 protected:
  /// The server shall draw a key, whatever this test was started with.
  Server() {
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
  }
  /// A new log for every start.
  void Start(const std::string& log, std::vector<std::string> more = {}) {
    log_ = dir() + "/" + log;
    ProcessSpec spec;
    spec.argv = {testing::ProgramPath("trebol"),
                 "server",
                 "--grpc-listen",
                 "127.0.0.1:0",
                 "--admin-listen",
                 "127.0.0.1:0",
                 "--s3-listen",
                 "127.0.0.1:0"};
    if (more.empty()) more = {dir() + "/data"};
    key_file_ = more.front() + "/credentials";
    spec.argv.insert(spec.argv.end(), more.begin(), more.end());
    spec.drop_environment_prefix = "TREBOL_";
    spec.log_file = log_;
    auto process = Process::Start(spec);
    ASSERT_TRUE(process.ok()) << process.status();
    process_.emplace(*process);
    ASSERT_TRUE(Await("the server to serve", [&] {
      return (ready_ = FindReadyLine(log_, 0)).has_value();
    })) << testing::ContentsOf(log_);
    Await("the server to be ready",
          [&] { return testing::ContentsOf(log_).find("Ctrl-C ends it") != std::string::npos; });
  }

  void ExpectEndsWell(int signal) {
    ASSERT_TRUE(process_->Signal(signal).ok());
    EXPECT_TRUE(process_->WaitGone(kPatience).ok());
    EXPECT_TRUE(process_->EndedWell()) << process_->Ending() << testing::ContentsOf(log_);
    process_.reset();
  }

  testing::ProgramResult Trebol(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), testing::ProgramPath("trebol"));
    return testing::RunProgram(arguments,
                               {.environment = {{"TREBOL_ENDPOINT", ready_->endpoint},
                                                {"TREBOL_CREDENTIALS_FILE", key_file_}}});
  }

  ~Server() override {
    if (process_.has_value()) process_->Signal(SIGKILL).IgnoreError();
  }

  std::string log_;
  std::string key_file_;  // of the key that the server draws at its first start
  std::optional<Process> process_;
  std::optional<ReadyLine> ready_;
};

TEST_F(Server, SaysWhereItServesAndWhatToTry) {
  Start("log");
  ASSERT_FALSE(HasFatalFailure());
  const std::string said = testing::ContentsOf(log_);
  EXPECT_THAT(said, HasSubstr("3 copies on one disk: three times the space, no protection from "
                              "losing it."));
  EXPECT_THAT(said, HasSubstr(absl::StrCat("gRPC     ", ready_->endpoint)));
  EXPECT_THAT(said, HasSubstr(absl::StrCat("http://", ready_->admin_endpoint)));
  // The lines, as they stand there, work.
  const std::string key_line = "export TREBOL_CREDENTIALS_FILE=" + key_file_;
  EXPECT_THAT(said, HasSubstr("\n  " + key_line + "\n"));
  std::ofstream(dir() + "/README.md") << "hello\n";
  int lines = 0;
  for (const char* verb : {"mb", "cp", "ls"}) {
    const std::string rest = absl::StrCat(" --endpoint ", ready_->endpoint, " ", verb, " ");
    const size_t at = said.find(rest);
    ASSERT_NE(at, std::string::npos) << rest << " in " << said;
    const size_t begin = said.rfind('\n', at) + 1;
    const std::string line = said.substr(begin, said.find('\n', at) - begin);
    const auto result = testing::RunProgram(
        {"/bin/sh", "-c", absl::StrCat("cd '", dir(), "' && ", key_line, " && ", line)});
    EXPECT_EQ(result.exit_code, 0) << line << ": " << result.err;
    if (std::string(verb) == "ls") EXPECT_THAT(result.out, HasSubstr("README.md"));
    ++lines;
  }
  EXPECT_EQ(lines, 3);
  ExpectEndsWell(SIGINT);
}

TEST(ServerHelp, IsThereInBothForms) {
  const std::string trebol = testing::ProgramPath("trebol");
  const auto asked = testing::RunProgram({trebol, "help", "server"});
  EXPECT_EQ(asked.exit_code, 0) << asked.err;
  EXPECT_THAT(asked.out, HasSubstr("--grpc-listen"));
  EXPECT_EQ(asked.out, testing::RunProgram({trebol, "server", "--help"}).out);
  const auto behind = testing::RunProgram({trebol, "--endpoint", "127.0.0.1:1", "server", "data"});
  EXPECT_EQ(behind.exit_code, 2);
  EXPECT_THAT(behind.err, HasSubstr("'server' has to be the first word"));
}

TEST_F(Server, ASecondStartFindsTheDataOfTheFirst) {
  const testing::MadeBytes body{.seed = 6, .size = 6'000'000};
  const std::string file = dir() + "/file";
  std::ofstream(file, std::ios::binary) << body.All();
  Start("log-1");
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_EQ(Trebol({"mb", "trebol://bucket"}).exit_code, 0);
  ASSERT_EQ(Trebol({"cp", file, "trebol://bucket/file"}).exit_code, 0);
  ExpectEndsWell(SIGTERM);
  Start("log-2");
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_TRUE(Trebol({"cat", "trebol://bucket/file"}).out == body.All());
  // And after an end that it did not see coming.
  ASSERT_EQ(Trebol({"cp", file, "trebol://bucket/second"}).exit_code, 0);
  ASSERT_TRUE(process_->Signal(SIGKILL).ok());
  EXPECT_TRUE(process_->WaitGone(kPatience).ok());
  Start("log-3");
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_TRUE(Trebol({"cat", "trebol://bucket/second"}).out == body.All());
  ExpectEndsWell(SIGINT);
}

TEST_F(Server, TakesWhatOnlyAnOperatorKnows) {
  const auto refused = testing::RunProgram(
      {testing::ProgramPath("trebol"), "server", dir() + "/data", "--grpc-listen", "127.0.0.1:0",
       "--admin-listen", "127.0.0.1:0", "--s3-listen", "127.0.0.1:0", "--accept-missing-history",
       "--resume-collection", "--node-out", "1,abc"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.out + refused.err,
              HasSubstr("--node-out 0000000000000001: this cluster has no such node"));
}

TEST_F(Server, SeveralDirectoriesHoldOneNodeEach) {
  Start("log", {dir() + "/a", dir() + "/b", dir() + "/c"});
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(testing::ContentsOf(log_).find("on one disk"), std::string::npos);
  ASSERT_EQ(Trebol({"mb", "trebol://bucket"}).exit_code, 0);
  const auto nodes = Trebol({"node", "ls"});
  EXPECT_EQ(nodes.exit_code, 0) << nodes.err;
  EXPECT_THAT(nodes.out, HasSubstr("active"));
  std::ofstream(dir() + "/file") << "some bytes";
  ASSERT_EQ(Trebol({"cp", dir() + "/file", "trebol://bucket/file"}).exit_code, 0);
  ASSERT_TRUE(Await("three copies", [&] {
    return Trebol({"object", "explain", "trebol://bucket/file"}).exit_code == 0;
  }));
  EXPECT_THAT(Trebol({"object", "explain", "trebol://bucket/file"}).out,
              HasSubstr("safe: its only chunk has 3 good copies in 3 zones"));
  const auto health = [&](const std::string& query) {
    const auto reply =
        HttpGet(ready_->admin_endpoint, "/health/cluster" + query, absl::Seconds(10));
    return reply.ok() ? absl::StrCat(reply->status, " ", reply->body) : reply.status().ToString();
  };
  EXPECT_EQ(health(""), "200 every partition takes writes\n");
  EXPECT_THAT(health("?maintenance=true"), HasSubstr("412 the whole cluster is in this process"));
  ExpectEndsWell(SIGINT);
}

}  // namespace
}  // namespace trebol
