#include "metadata/service/metadata_metrics.h"

#include <algorithm>

namespace trebol {

MetadataMetrics::MetadataMetrics(Registry& registry, MetadataServer& server) {
  const auto show_audit = [&](absl::string_view metric, absl::string_view help, auto read) {
    registrations_.push_back(
        registry.AddCallback(Registry::Kind::kGauge, metric, help, {}, [&server, read] {
          return static_cast<double>(
              read(server.controller().chunk_audit().report(SystemClock().Now())));
        }));
  };
  using Audited = ChunkAudit::Report;
  show_audit("trebol_metadata_audit_lost_chunks", "Chunks that no node has a copy of.",
             [](const Audited& audited) { return audited.lost; });
  show_audit("trebol_metadata_audit_short_chunks",
             "Chunks with fewer copies than declared, in the last pass of the audit.",
             [](const Audited& audited) { return audited.last_pass.short_of_copies; });
  show_audit("trebol_metadata_audit_undecided_chunks",
             "Chunks of which the last pass of the audit could not tell whether they are lost.",
             [](const Audited& audited) { return audited.last_pass.undecided; });
  const auto show = [&](absl::string_view metric, absl::string_view help, auto read) {
    registrations_.push_back(
        registry.AddCallback(Registry::Kind::kGauge, metric, help, {}, [&server, read] {
          const auto status = server.controller().GetClusterStatus();
          return status.ok() ? static_cast<double>(read(*status)) : 0.0;
        }));
  };
  using Status = v1::ClusterStatus;
  show("trebol_metadata_log_entries", "The index of the last entry of the log.",
       [](const Status& s) { return s.head().index(); });
  show("trebol_metadata_objects", "Objects in all buckets.",
       [](const Status& s) { return s.objects(); });
  show("trebol_metadata_object_bytes", "Their bytes, one copy.",
       [](const Status& s) { return s.object_bytes(); });
  show("trebol_metadata_garbage_bytes", "Payload on nodes that awaits deletion, all copies.",
       [](const Status& s) { return s.garbage_bytes(); });
  show("trebol_metadata_open_sessions", "Sessions of gateways.",
       [](const Status& s) { return s.open_sessions(); });
  show("trebol_metadata_degraded_partitions", "Partitions with fewer copies than declared.",
       [](const Status& s) { return s.degraded_partitions(); });
  show("trebol_metadata_unavailable_partitions", "Partitions that take no writes.",
       [](const Status& s) { return s.unavailable_partitions(); });
  show("trebol_metadata_moving_partitions", "Partitions of which copies move.",
       [](const Status& s) { return s.moving_partitions(); });
  show("trebol_metadata_missing_chunks", "Copies that nodes lack and their peers have.",
       [](const Status& s) { return s.missing_chunks(); });
  show("trebol_metadata_stray_chunks", "Copies that nodes hold for others.",
       [](const Status& s) { return s.stray_chunks(); });
  show("trebol_metadata_nodes_down", "Nodes that are down and not OUT.", [](const Status& s) {
    return std::count_if(s.nodes().begin(), s.nodes().end(), [](const v1::NodeStatus& node) {
      return node.liveness() == v1::NodeStatus::DOWN && node.node().state() != v1::ClusterNode::OUT;
    });
  });
  show("trebol_metadata_collection_frozen", "1 while nothing is deleted from nodes.",
       [](const Status& s) { return s.collection_frozen(); });
}

}  // namespace trebol
