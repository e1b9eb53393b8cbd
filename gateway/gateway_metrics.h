#pragma once

#include <vector>

#include "common/telemetry/registry.h"
#include "gateway/gateway.h"

namespace trebol {

/// What a gateway shows at /metrics beside its requests. Lives beside it, in main; `gateway`
/// outlives it.
class GatewayMetrics {
 public:
  GatewayMetrics(Registry& registry, Gateway& gateway);

 private:
  std::vector<Registry::Registration> registrations_;
};

}  // namespace trebol
