#pragma once

#include "absl/status/status.h"

namespace trebol::cli {

/// What scripts rely on. Frozen.
enum ExitCode {
  kDone = 0,
  kFailed = 1,  // each failure is named
  kUsage = 2,
  kNotFound = 3,
  kDenied = 4,
  kUnavailable = 5,
  kNotSafe = 6,         // an object was found, and has fewer good copies than it should
  kInterrupted = 130,   // as a shell reports SIGINT
  kOutputClosed = 141,  // as a shell reports SIGPIPE
};

/// What a program ends with when all that was asked of it failed so.
ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace trebol::cli
