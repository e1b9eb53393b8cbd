#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace trebol {

/// What to start and how it relates to us.
struct ProcessSpec {
  std::vector<std::string> argv;  // argv[0] is the path of the program

  /// "NAME=value", in place of an inherited variable of that name.
  std::vector<std::string> environment;
  /// Inherited variables that begin so are left out; empty leaves all in.
  std::string drop_environment_prefix;

  std::string log_file;  // standard output and error are appended

  /// False: the kernel kills it when we end, however we end. True: it is in a session of its own
  /// and neither our end nor Ctrl-C in our terminal touches it.
  bool outlives_us = false;
};

/// A process, ours or one that an earlier command started. Known by pid and start time together, so
/// that a recycled pid is never taken for it. Not thread-safe; copyable, owns nothing: its end is
/// asked for, not implied.
class Process {
 public:
  enum class State { kGone, kRunning, kPaused };

  /// Returns once the program has replaced ours; the error names a program that cannot be executed.
  static absl::StatusOr<Process> Start(const ProcessSpec& spec);

  /// One that may be running or long gone; `started` as started() said.
  static Process Known(pid_t pid, uint64_t started) { return Process(pid, started); }

  pid_t pid() const { return pid_; }
  /// Clock ticks after boot.
  uint64_t started() const { return started_; }

  /// Reaps a child of ours that has ended.
  State GetState();

  /// NOT_FOUND when it is gone.
  absl::Status Signal(int signal);

  /// OK once it is gone, DEADLINE_EXCEEDED when it still runs after `timeout`.
  absl::Status WaitGone(absl::Duration timeout);

  /// "exit code 3" or "signal 9 (Killed)"; empty while it runs or where it was never our child.
  std::string Ending() const;

  /// True for a child of ours that ended with exit code 0.
  bool EndedWell() const;

 private:
  Process(pid_t pid, uint64_t started) : pid_(pid), started_(started) {}

  pid_t pid_;
  uint64_t started_;
  std::optional<int> wait_status_;
};

}  // namespace trebol
