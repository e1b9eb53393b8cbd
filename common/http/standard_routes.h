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
  /// Why the cluster does not take all writes, as far as this server knows, in one line; empty: it
  /// does.
  std::function<std::string()> no_writes;
  /// Why this process may not be taken away now, likewise; empty: it may.
  std::function<std::string()> needed;
  /// One JSON object.
  std::function<std::string()> status;
  const Registry* registry = nullptr;
};

/// The routes of every server:
///   /health/live   200 as long as the process answers
///   /health/ready  200, or 503 with what is missing, separated by "; "
///   /health/cluster  200 while every partition takes writes, or 503 with the reason; with
///                  ?maintenance=true 412 with the reason if this process may not be taken away
///   /metrics       Prometheus' text format
///   /status        JSON
/// A server adds its own to the result.
HttpRoutes StandardRoutes(ServerCondition condition);

}  // namespace trebol
