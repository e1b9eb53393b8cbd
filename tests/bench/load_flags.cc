#include "tests/bench/load_flags.h"

#include <algorithm>
#include <cstdio>

#include "CLI/CLI.hpp"
#include "common/base/limits.h"

namespace trebol::bench {

void LoadFlags::AddTo(CLI::App* command) {
  command->add_option("--endpoint", endpoint, "Whom to call");
  command->add_option("--size", size, "Bytes of an object");
  command->add_option("--clients", limits.clients, "So many operations at a time");
  command->add_option("--seconds", limits.seconds, "No operation begins after it");
  command->add_option("--most-bytes", limits.most_bytes, "Nor beyond these");
  command->add_option("--warm-up", warm_up, "Seconds before, which do not count");
  command->add_option("--processes", limits.processes, "The servers, whose CPU counts")
      ->delimiter(',');
}

int LoadFlags::Report(const Load& load) const {
  if (warm_up > 0) {
    LoadLimits small = limits;
    small.seconds = warm_up;
    small.clients = std::min(limits.clients, 8);
    const auto warm = load(small, std::min(size, kMiB));
    if (!warm.ok()) return PrintReport(warm);
  }
  return PrintReport(load(limits, size));
}

int PrintReport(const absl::StatusOr<LoadReport>& report) {
  if (!report.ok()) {
    std::fprintf(stderr, "%s\n", report.status().ToString().c_str());
    return 1;
  }
  std::printf("%s\n", ToJsonLine(*report).c_str());
  return 0;
}

}  // namespace trebol::bench
