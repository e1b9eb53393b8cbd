#include "tests/bench/running_load.h"

#include <signal.h>

#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "tests/bench/programs.h"
#include "tests/testing/server_log.h"

namespace trebol::bench {
namespace {

constexpr absl::Duration kPoll = absl::Milliseconds(5);
constexpr absl::Duration kConnects = absl::Seconds(60);
// Of the last operations, once no more begin: a transfer that moves nothing takes a minute to fail,
// and is tried four times.
constexpr absl::Duration kEnds = absl::Minutes(10);
constexpr absl::Duration kKillTimeout = absl::Seconds(20);
constexpr absl::string_view kBegins = "begins ";

std::string LogFile(const std::string& directory, const std::string& name) {
  return absl::StrCat(directory, "/", name, ".log");
}

std::string SamplesFile(const std::string& directory, const std::string& name) {
  return absl::StrCat(directory, "/", name, ".samples");
}

}  // namespace

RunningLoad::RunningLoad(Options options, Process process)
    : options_(std::move(options)), process_(std::move(process)) {}

RunningLoad::RunningLoad(RunningLoad&& other) noexcept
    : options_(std::move(other.options_)),
      process_(other.process_),
      ours_(std::exchange(other.ours_, false)),
      begin_us_(other.begin_us_) {}

RunningLoad::~RunningLoad() {
  if (!ours_ || process_.GetState() == Process::State::kGone) return;
  process_.Signal(SIGKILL).IgnoreError();
  process_.WaitGone(kKillTimeout).IgnoreError();
}

absl::StatusOr<RunningLoad> RunningLoad::Start(Options options) {
  ProcessSpec spec{
      .argv = {ProgramPath("trebol-bench-mixed"), "run", "--endpoint", options.endpoint,
               "--samples", SamplesFile(options.directory, options.name)},
      .log_file = LogFile(options.directory, options.name)};
  spec.argv.insert(spec.argv.end(), options.arguments.begin(), options.arguments.end());
  ASSIGN_OR_RETURN(Process process, Process::Start(spec));
  RunningLoad load(std::move(options), std::move(process));
  RETURN_IF_ERROR(load.AwaitBegin());
  return load;
}

absl::Status RunningLoad::AwaitBegin() {
  const std::string log = LogFile(options_.directory, options_.name);
  for (const absl::Time deadline = absl::Now() + kConnects; absl::Now() < deadline;) {
    if (options_.interrupted()) return absl::CancelledError("interrupted");
    std::ifstream file(log);
    for (std::string line; std::getline(file, line) && !file.eof();) {
      if (absl::StartsWith(line, kBegins) &&
          absl::SimpleAtoi(line.substr(kBegins.size()), &begin_us_)) {
        return absl::OkStatus();
      }
    }
    if (process_.GetState() == Process::State::kGone) {
      return absl::UnavailableError(absl::StrCat("the load did not begin: ", LastLine(log)));
    }
    absl::SleepFor(kPoll);
  }
  return absl::DeadlineExceededError(absl::StrCat("the load does not begin: ", LastLine(log)));
}

absl::Status RunningLoad::SleepUntil(int64_t time_us) const {
  while (NowMicros() < time_us) {
    if (options_.interrupted()) return absl::CancelledError("interrupted");
    absl::SleepFor(std::min(kPoll, absl::Microseconds(time_us - NowMicros())));
  }
  return absl::OkStatus();
}

absl::StatusOr<Timeline> RunningLoad::Finish() {
  absl::Time deadline = absl::Now() + kEnds;
  while (process_.GetState() != Process::State::kGone) {
    if (options_.interrupted()) return absl::CancelledError("interrupted");
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError("the last operations of the load do not end");
    }
    absl::SleepFor(kPoll);
  }
  if (!process_.EndedWell()) {
    return absl::UnavailableError(
        absl::StrCat("the load: ", process_.Ending(), ": ",
                     LastLine(LogFile(options_.directory, options_.name))));
  }
  ASSIGN_OR_RETURN(std::vector<Sample> samples,
                   ReadSamples(SamplesFile(options_.directory, options_.name)));
  if (samples.empty()) return absl::InternalError("the load did nothing");
  return Timeline(std::move(samples));
}

std::vector<std::string> RunningLoad::Errors() const {
  std::vector<std::string> errors;
  std::ifstream file(LogFile(options_.directory, options_.name));
  for (std::string line; std::getline(file, line);) {
    if (!absl::StartsWith(line, kBegins)) errors.push_back(line);
  }
  return errors;
}

}  // namespace trebol::bench
