#include "storage-node/storage_metrics.h"

namespace trebol {

StorageMetrics::StorageMetrics(Registry& registry, StorageNode& node, const std::string& name) {
  Labels labels;
  if (!name.empty()) labels["node"] = name;
  const auto show = [&](absl::string_view metric, absl::string_view help, auto read) {
    registrations_.push_back(registry.AddCallback(
        Registry::Kind::kGauge, metric, help, labels,
        [&node, read] { return static_cast<double>(read(node.store().Statistics())); }));
  };
  using Statistics = StoreStatistics;
  show("trebol_storage_chunks", "Chunks that are stored.",
       [](const Statistics& s) { return s.chunks; });
  show("trebol_storage_chunk_bytes", "Payload of the chunks that are stored.",
       [](const Statistics& s) { return s.chunk_bytes; });
  show("trebol_storage_dead_bytes", "Bytes in segments that wait for compaction.",
       [](const Statistics& s) { return s.dead_bytes; });
  show("trebol_storage_disk_bytes", "Bytes of segment files.",
       [](const Statistics& s) { return s.disk_bytes; });
  show("trebol_storage_capacity_bytes", "What the node may use.",
       [](const Statistics& s) { return s.capacity_bytes; });
  show("trebol_storage_free_bytes", "What of it is free.",
       [](const Statistics& s) { return s.free_bytes; });
  show("trebol_storage_quarantined_chunks", "Copies that failed their checksum.",
       [](const Statistics& s) { return s.quarantined_chunks; });
  show("trebol_storage_store_failed", "1 after a flush failed: out of service.",
       [](const Statistics& s) { return s.failed; });
  show("trebol_storage_writes_refused", "1 past the disk watermark.",
       [](const Statistics& s) { return s.writes_refused; });
  registrations_.push_back(registry.AddCallback(
      Registry::Kind::kGauge, "trebol_storage_queued_requests", "Calls that wait for a thread.",
      labels, [&node] { return static_cast<double>(node.load().queued); }));
}

}  // namespace trebol
