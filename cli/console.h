#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cli/environment.h"
#include "cli/exit_code.h"
#include "common/base/mutex.h"

namespace trebol::cli {

/// Where a verb speaks: results on standard output, errors and the progress line on standard error,
/// and what the exit code will be. Thread-safe; a line is never torn by another.
class Console {
 public:
  /// `verb` stands before every error.
  Console(std::string verb, Environment& environment);

  Environment& environment() { return environment_; }

  /// A line of results.
  void Print(absl::string_view line);
  /// Bytes of results as they are.
  absl::Status Write(absl::string_view bytes);
  /// Not OK once standard output takes no more; whoever prints much asks now and then.
  absl::Status OutputStatus();

  /// A line that is neither result nor error.
  void Note(absl::string_view line);
  /// Names a failure. The exit code is that of the failures if nothing succeeded and all are of one
  /// kind, and kFailed otherwise. `subject` may be empty.
  void Fail(absl::string_view subject, const absl::Status& status);
  /// What was asked for was done, and the answer is told by the exit code.
  void EndWith(ExitCode code);
  /// Something that was asked for was done.
  void Succeed();
  /// Names a mistake in the command; the exit code is kUsage.
  void Usage(absl::string_view message);

  /// The line at the bottom of a terminal, replaced each time; empty removes it.
  void ShowStatusLine(absl::string_view line);

  /// Asks and reads an answer. False as well when there is no terminal to ask at.
  bool Confirm(absl::string_view question);

  /// Ends the output; after this nothing is printed.
  int Finish();

 private:
  void RemoveStatusLine() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CheckOutput() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PrintError(absl::string_view text) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string verb_;
  Environment& environment_;
  Mutex mutex_;
  std::string status_line_ ABSL_GUARDED_BY(mutex_);
  absl::Status output_ ABSL_GUARDED_BY(mutex_);
  bool output_closed_ ABSL_GUARDED_BY(mutex_) = false;  // by its reader, which is no error
  bool succeeded_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<int> failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol::cli
