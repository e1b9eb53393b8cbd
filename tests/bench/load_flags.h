#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/load_meter.h"

namespace CLI {
class App;
}

namespace trebol::bench {

/// What every program that makes a load is told, and how it answers.
struct LoadFlags {
  std::string endpoint;
  uint64_t size = 0;  // bytes of an object
  double warm_up = 0.2;
  LoadLimits limits;

  void AddTo(CLI::App* command);

  using Load = std::function<absl::StatusOr<LoadReport>(const LoadLimits& limits, uint64_t size)>;
  /// Warms up with the load in small, makes it, prints its report. The exit code.
  int Report(const Load& load) const;
};

/// As the last line on standard output, or the error on standard error. The exit code.
int PrintReport(const absl::StatusOr<LoadReport>& report);

}  // namespace trebol::bench
