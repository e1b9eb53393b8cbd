#pragma once

#include <string>
#include <vector>

#include "common/telemetry/registry.h"
#include "storage-node/storage_node.h"

namespace trebol {

/// What a storage node shows at /metrics. Lives beside the node, in main; `node` outlives it.
/// With `name`, a label of that value tells several nodes of one process apart.
class StorageMetrics {
 public:
  StorageMetrics(Registry& registry, StorageNode& node, const std::string& name = "");

 private:
  std::vector<Registry::Registration> registrations_;
};

}  // namespace trebol
