#include "tests/testing/process.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

constexpr absl::Duration kLong = absl::Seconds(60);

class ProcessTest : public ::testing::Test {
 protected:
  ProcessTest() : log_(::testing::TempDir() + "/process_test." + std::to_string(getpid())) {
    std::filesystem::remove(log_);
  }
  ~ProcessTest() override { std::filesystem::remove(log_); }

  ProcessSpec Shell(const std::string& script) const {
    return {.argv = {"/bin/sh", "-c", script}, .log_file = log_};
  }

  std::string Log() const {
    std::ifstream file(log_);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::string AwaitLog(absl::string_view wanted) const {
    const absl::Time deadline = absl::Now() + kLong;
    while (!absl::StrContains(Log(), wanted) && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(5));
    }
    return Log();
  }

  const std::string log_;
};

TEST_F(ProcessTest, TellsHowItEnded) {
  auto process = Process::Start(Shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(process.ok()) << process.status();
  ASSERT_TRUE(process->WaitGone(kLong).ok());
  EXPECT_EQ(process->Ending(), "exit code 3");
  EXPECT_FALSE(process->EndedWell());
  EXPECT_EQ(Log(), "out\nerr\n");
}

TEST_F(ProcessTest, AppendsToTheLog) {
  for (const char* word : {"one", "two"}) {
    auto process = Process::Start(Shell(absl::StrCat("echo ", word)));
    ASSERT_TRUE(process.ok() && process->WaitGone(kLong).ok());
    EXPECT_TRUE(process->EndedWell());
  }
  EXPECT_EQ(Log(), "one\ntwo\n");
}

TEST_F(ProcessTest, NamesAProgramThatCannotBeStarted) {
  const auto process = Process::Start({.argv = {"/no/such/program"}, .log_file = log_});
  EXPECT_EQ(process.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(process.status().message(), ::testing::HasSubstr("/no/such/program"));
}

TEST_F(ProcessTest, PausesAndResumesAndDies) {
  auto process = Process::Start(Shell("while :; do sleep 1; done"));
  ASSERT_TRUE(process.ok());
  EXPECT_EQ(process->GetState(), Process::State::kRunning);
  auto await = [&](Process::State state) {
    const absl::Time deadline = absl::Now() + kLong;
    while (process->GetState() != state && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(5));
    }
    return process->GetState() == state;
  };
  ASSERT_TRUE(process->Signal(SIGSTOP).ok());
  EXPECT_TRUE(await(Process::State::kPaused));
  ASSERT_TRUE(process->Signal(SIGCONT).ok());
  EXPECT_TRUE(await(Process::State::kRunning));
  ASSERT_TRUE(process->Signal(SIGKILL).ok());
  ASSERT_TRUE(process->WaitGone(kLong).ok());
  EXPECT_TRUE(absl::StartsWith(process->Ending(), "signal 9")) << process->Ending();
  EXPECT_TRUE(absl::IsNotFound(process->Signal(SIGTERM)));
}

TEST_F(ProcessTest, IsNotMistakenForAnotherWithItsPid) {
  // As a recycled pid looks: the number is in use, by a process that began at another time.
  auto process = Process::Start(Shell("exec sleep 1000"));
  ASSERT_TRUE(process.ok());
  EXPECT_EQ(Process::Known(process->pid(), process->started()).GetState(),
            Process::State::kRunning);
  Process other = Process::Known(process->pid(), process->started() - 1);
  EXPECT_EQ(other.GetState(), Process::State::kGone);
  EXPECT_TRUE(absl::IsNotFound(other.Signal(SIGKILL)));
  EXPECT_EQ(process->GetState(), Process::State::kRunning);
  ASSERT_TRUE(process->Signal(SIGKILL).ok());
  EXPECT_TRUE(process->WaitGone(kLong).ok());
}

TEST_F(ProcessTest, PidZeroIsNobody) {
  Process nobody = Process::Known(0, 0);
  EXPECT_EQ(nobody.GetState(), Process::State::kGone);
  EXPECT_TRUE(absl::IsNotFound(nobody.Signal(SIGTERM)));  // to pid 0 would be to our own group
}

TEST_F(ProcessTest, LeavesOutAndReplacesInheritedVariables) {
  setenv("PROCESSTEST_A", "inherited", 1);
  setenv("OTHER_B", "inherited", 1);
  ProcessSpec spec = Shell("echo a=$PROCESSTEST_A b=$OTHER_B c=$PROCESSTEST_C");
  spec.environment = {"OTHER_B=given", "PROCESSTEST_C=given"};
  spec.drop_environment_prefix = "PROCESSTEST_";
  auto process = Process::Start(spec);
  ASSERT_TRUE(process.ok() && process->WaitGone(kLong).ok());
  EXPECT_EQ(Log(), "a= b=given c=given\n");
}

TEST_F(ProcessTest, OutlivesTheThreadThatStartedIt) {
  absl::StatusOr<Process> process = absl::UnknownError("not started");
  std::thread([&] {
    process = Process::Start(Shell("echo up; read line; exec sleep 1000"));
  }).join();
  ASSERT_TRUE(process.ok());
  auto second =
      Process::Start(Shell("sleep 0.2"));  // time in which the kernel would have killed it
  ASSERT_TRUE(second.ok() && second->WaitGone(kLong).ok());
  EXPECT_EQ(process->GetState(), Process::State::kRunning);
  ASSERT_TRUE(process->Signal(SIGKILL).ok());
  EXPECT_TRUE(process->WaitGone(kLong).ok());
}

/// Runs a program of ours that starts a child and is killed; returns the child.
Process ChildOfAKilledParent(bool outlives, const std::string& log) {
  const pid_t parent = fork();
  if (parent == 0) {
    // A fresh program, as the forking thread of this one does not exist in the copy.
    const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    const std::string mode = outlives ? "outlives" : "dies";
    execl(self.c_str(), self.c_str(), "--start-a-child", mode.c_str(), log.c_str(), nullptr);
    _exit(127);
  }
  Process handle = Process::Known(0, 0);
  const absl::Time deadline = absl::Now() + kLong;
  while (handle.pid() == 0 && absl::Now() < deadline) {
    std::ifstream file(log + ".child");
    pid_t pid = 0;
    uint64_t started = 0;
    if (file >> pid >> started) handle = Process::Known(pid, started);
    absl::SleepFor(absl::Milliseconds(5));
  }
  kill(parent, SIGKILL);
  int status = 0;
  waitpid(parent, &status, 0);
  std::filesystem::remove(log + ".child");
  return handle;
}

TEST_F(ProcessTest, DiesWithAParentThatIsKilled) {
  Process child = ChildOfAKilledParent(/*outlives=*/false, log_);
  ASSERT_NE(child.pid(), 0);
  EXPECT_TRUE(child.WaitGone(kLong).ok());
}

TEST_F(ProcessTest, OutlivesAParentThatIsKilledWhenToldTo) {
  Process child = ChildOfAKilledParent(/*outlives=*/true, log_);
  ASSERT_NE(child.pid(), 0);
  absl::SleepFor(absl::Milliseconds(200));
  EXPECT_EQ(child.GetState(), Process::State::kRunning);
  EXPECT_EQ(getsid(child.pid()), child.pid());
  ASSERT_TRUE(child.Signal(SIGKILL).ok());
  EXPECT_TRUE(child.WaitGone(kLong).ok());
}

}  // namespace
}  // namespace trebol

int main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[1]) == "--start-a-child") {
    const std::string log = argv[3];
    trebol::ProcessSpec spec{.argv = {"/bin/sleep", "1000"}, .log_file = log};
    spec.outlives_us = std::string(argv[2]) == "outlives";
    const auto child = trebol::Process::Start(spec);
    if (!child.ok()) return 1;
    std::ofstream(log + ".child.new") << child->pid() << " " << child->started() << "\n";
    std::filesystem::rename(log + ".child.new", log + ".child");
    while (true) pause();
  }
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
