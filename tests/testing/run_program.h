#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace trebol::testing {

struct ProgramResult {
  int exit_code = -1;  // 124: it did not end in time; 128 + n: ended by signal n
  std::string out;
  std::string err;
};

struct ProgramOptions {
  std::string stdin_file = "/dev/null";
  std::string stdout_file;  // empty: into ProgramResult.out
  /// Variables beside PATH, HOME and the key of the tests (test_key.h); nothing else is inherited.
  std::map<std::string, std::string> environment;
  /// Then it is killed. Generous: reaching it is a failure.
  absl::Duration timeout = absl::Minutes(2);
};

/// Runs a program to its end. Thread-safe.
ProgramResult RunProgram(const std::vector<std::string>& argv, const ProgramOptions& options = {});

/// Of the build we are part of: "trebol-storage" -> BUILD/bin/trebol-storage.
std::string ProgramPath(const std::string& name);

}  // namespace trebol::testing
