#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/http/http_message.h"
#include "common/telemetry/registry.h"

namespace trebol {

/// What a server tells about itself. The callbacks and the registry outlive the AdminServer and are
/// called on its thread.
struct ServerCondition {
  /// What it waits for before it can serve, a phrase each; empty: ready.
  std::function<std::vector<std::string>()> missing;
  /// One JSON object.
  std::function<std::string()> status;
  const Registry* registry = nullptr;
};

/// The routes of every server:
///   /health/live   200 as long as the process answers
///   /health/ready  200, or 503 with what is missing, separated by "; "
///   /metrics       Prometheus' text format
///   /status        JSON
/// A server adds its own to the result.
HttpRoutes StandardRoutes(ServerCondition condition);

}  // namespace trebol
