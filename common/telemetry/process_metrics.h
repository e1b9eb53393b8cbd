#pragma once

#include <vector>

#include "common/telemetry/registry.h"

namespace trebol {

/// What every Prometheus client shows of its process, under the names that dashboards know:
/// resident memory, CPU time, open files and their limit, start time. Lives in main, beside the
/// registry.
class ProcessMetrics {
 public:
  explicit ProcessMetrics(Registry& registry);

 private:
  std::vector<Registry::Registration> registrations_;
};

}  // namespace trebol
