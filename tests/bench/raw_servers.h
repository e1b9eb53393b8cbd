#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/testing/process.h"

namespace trebol::bench {

/// A relay and its three sinks as processes, which die with the object. Not thread-safe.
class RawServers {
 public:
  /// Logs go to `directory`, which exists.
  static absl::StatusOr<RawServers> Start(const std::string& directory);
  ~RawServers();
  RawServers(RawServers&&) = default;
  RawServers& operator=(RawServers&&) = delete;

  const std::string& endpoint() const { return endpoint_; }
  std::vector<pid_t> processes() const;

 private:
  RawServers() = default;
  /// Returns where it serves.
  absl::StatusOr<std::string> Add(const std::string& log, std::vector<std::string> arguments);

  std::vector<Process> processes_;
  std::string endpoint_;
};

/// Of the build that we are part of: "trebol-bench-raw".
std::string ProgramPath(const std::string& name);

/// Runs a program to its end and returns the last line that it printed. An error holds that line
/// when the program failed; CANCELLED when `interrupted`, and then it is gone.
absl::StatusOr<std::string> RunToEnd(const std::vector<std::string>& argv,
                                     const std::string& log_file, absl::Duration timeout,
                                     const std::function<bool()>& interrupted);

}  // namespace trebol::bench
