#pragma once

#include <vector>

#include "common/telemetry/registry.h"
#include "metadata/service/metadata_server.h"

namespace trebol {

/// What metadata shows at /metrics. Lives beside the server, in main; `server` outlives it.
class MetadataMetrics {
 public:
  MetadataMetrics(Registry& registry, MetadataServer& server);

 private:
  std::vector<Registry::Registration> registrations_;
};

}  // namespace trebol
