#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
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

}  // namespace trebol::bench
