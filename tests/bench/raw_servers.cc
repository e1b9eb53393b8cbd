#include "tests/bench/raw_servers.h"

#include <signal.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "tests/bench/programs.h"
#include "tests/testing/server_log.h"

namespace trebol::bench {
namespace {

constexpr int kSinks = 3;
constexpr absl::Duration kStartTimeout = absl::Seconds(20);
constexpr absl::Duration kPoll = absl::Milliseconds(10);

}  // namespace

absl::StatusOr<RawServers> RawServers::Start(const std::string& directory) {
  RawServers servers;
  std::vector<std::string> sinks;
  for (int i = 0; i < kSinks; ++i) {
    ASSIGN_OR_RETURN(std::string sink,
                     servers.Add(absl::StrCat(directory, "/sink-", i, ".log"), {"sink"}));
    sinks.push_back(std::move(sink));
  }
  ASSIGN_OR_RETURN(servers.endpoint_, servers.Add(directory + "/relay.log",
                                                  {"relay", "--sinks", absl::StrJoin(sinks, ",")}));
  return servers;
}

absl::StatusOr<std::string> RawServers::Add(const std::string& log,
                                            std::vector<std::string> arguments) {
  ProcessSpec spec{.argv = {ProgramPath("trebol-bench-raw")}, .log_file = log};
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  ASSIGN_OR_RETURN(Process process, Process::Start(spec));
  processes_.push_back(process);
  for (const absl::Time deadline = absl::Now() + kStartTimeout; absl::Now() < deadline;) {
    if (const auto ready = FindReadyLine(log, 0)) return ready->endpoint;
    if (process.GetState() == Process::State::kGone) break;
    absl::SleepFor(kPoll);
  }
  return absl::UnavailableError(
      absl::StrCat("trebol-bench-raw ", arguments.front(), " does not serve: ", LastLine(log)));
}

RawServers::~RawServers() {
  for (Process& process : processes_) process.Signal(SIGKILL).IgnoreError();
  for (Process& process : processes_) process.WaitGone(kStartTimeout).IgnoreError();
}

std::vector<pid_t> RawServers::processes() const {
  std::vector<pid_t> pids;
  for (const Process& process : processes_) pids.push_back(process.pid());
  return pids;
}

}  // namespace trebol::bench
