#include "tests/bench/programs.h"

#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "tests/testing/process.h"
#include "tests/testing/server_log.h"

namespace trebol::bench {
namespace {

constexpr absl::Duration kKillTimeout = absl::Seconds(20);
constexpr absl::Duration kPoll = absl::Milliseconds(10);

}  // namespace

std::string ProgramPath(const std::string& name) {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  return folder / name;
}

absl::StatusOr<std::string> RunToEnd(const std::vector<std::string>& argv,
                                     const std::string& log_file, absl::Duration timeout,
                                     const std::function<bool()>& interrupted) {
  ASSIGN_OR_RETURN(Process process, Process::Start({.argv = argv, .log_file = log_file}));
  const absl::Time deadline = absl::Now() + timeout;
  while (process.GetState() != Process::State::kGone) {
    if (interrupted() || absl::Now() > deadline) {
      process.Signal(SIGKILL).IgnoreError();
      process.WaitGone(kKillTimeout).IgnoreError();
      if (interrupted()) return absl::CancelledError("interrupted");
      return absl::DeadlineExceededError(absl::StrCat(absl::StrJoin(argv, " "), " still ran after ",
                                                      absl::FormatDuration(timeout)));
    }
    absl::SleepFor(kPoll);
  }
  std::string line = LastLine(log_file);
  if (process.EndedWell()) return line;
  return absl::UnavailableError(
      absl::StrCat(absl::StrJoin(argv, " "), ": ", process.Ending(), ": ", line));
}

std::string BuildFolder() {
  return std::filesystem::path(ProgramPath("")).parent_path().parent_path();
}

Workplace::Workplace(const std::string& parent) : path_(parent + "/bench-XXXXXX") {
  std::error_code ignored;
  std::filesystem::create_directories(parent, ignored);
  if (mkdtemp(path_.data()) == nullptr) path_.clear();
}

Workplace::~Workplace() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace trebol::bench
