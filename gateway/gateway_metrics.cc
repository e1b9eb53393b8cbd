#include "gateway/gateway_metrics.h"

namespace trebol {

GatewayMetrics::GatewayMetrics(Registry& registry, Gateway& gateway) {
  const auto show = [&](absl::string_view metric, absl::string_view help, auto read) {
    registrations_.push_back(
        registry.AddCallback(Registry::Kind::kGauge, metric, help, {},
                             [&gateway, read] { return static_cast<double>(read(gateway)); }));
  };
  show("trebol_gateway_upload_memory_bytes", "Memory that uploads hold of their budget.",
       [](const Gateway& g) { return g.write_memory_in_use(); });
  show("trebol_gateway_download_memory_bytes", "Memory that downloads hold of their budget.",
       [](const Gateway& g) { return g.read_memory_in_use(); });
  show("trebol_gateway_cluster_map_epoch", "Epoch of the cluster map that is in use.",
       [](const Gateway& g) { return g.map_epoch().value; });
}

}  // namespace trebol
