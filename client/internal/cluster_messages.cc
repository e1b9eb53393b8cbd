#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "client/internal/messages.h"
#include "common/base/ids.h"

namespace trebol::client {

NodeStatus FromMessage(const v1::NodeStatus& message) {
  NodeStatus node;
  node.id = ToHex(message.node().id());
  node.endpoint = message.node().endpoint();
  node.admin_endpoint = message.node().admin_endpoint();
  node.zone = message.node().zone();
  node.weight = message.node().weight();
  node.state = absl::AsciiStrToLower(v1::ClusterNode::State_Name(message.node().state()));
  node.liveness = absl::AsciiStrToLower(v1::NodeStatus::Liveness_Name(message.liveness()));
  node.heartbeat_age_seconds = message.heartbeat_age_seconds();
  node.partitions = message.partitions();
  node.incoming_partitions = message.incoming_partitions();
  node.leaving_partitions = message.leaving_partitions();
  node.down_seconds = message.down_seconds();
  node.out_in_seconds = message.out_in_seconds();
  const v1::HeartbeatRequest& last = message.last();
  node.chunks = last.chunks();
  node.chunk_bytes = last.chunk_bytes();
  node.dead_bytes = last.dead_bytes();
  node.disk_bytes = last.disk_bytes();
  node.capacity_bytes = last.capacity_bytes();
  node.free_bytes = last.free_bytes();
  node.store_failed = last.store_failed();
  node.writes_refused = last.writes_refused();
  node.stray_chunks = last.stray_chunks();
  node.stray_bytes = last.stray_bytes();
  node.missing_chunks = last.missing_chunks();
  node.missing_bytes = last.missing_bytes();
  node.quarantined_chunks = last.quarantined_chunks();
  if (message.breaker() != v1::NodeStatus::BREAKER_UNSPECIFIED) {
    node.breaker = absl::StrReplaceAll(
        absl::AsciiStrToLower(v1::NodeStatus::Breaker_Name(message.breaker())), {{"_", "-"}});
  }
  node.latency_p95_seconds = message.latency_p95_seconds();
  return node;
}

ClusterStatus FromMessage(const v1::ClusterStatus& message) {
  ClusterStatus status;
  status.cluster_id = message.cluster_id();
  status.generation = ToHex(message.generation());
  status.health = absl::AsciiStrToLower(v1::ClusterStatus::Health_Name(message.health()));
  status.reasons.assign(message.reasons().begin(), message.reasons().end());
  status.map_epoch = message.map_epoch();
  status.partitions = message.constants().partitions();
  status.copies = message.constants().copies();
  status.write_quorum = message.constants().write_quorum();
  status.initial_nodes = message.constants().initial_nodes();
  for (const v1::NodeStatus& node : message.nodes()) {
    status.nodes.push_back(FromMessage(node));
    if (node.liveness() == v1::NodeStatus::UP) ++status.nodes_up;
  }
  status.degraded_partitions = message.degraded_partitions();
  status.unavailable_partitions = message.unavailable_partitions();
  status.moving_partitions = message.moving_partitions();
  status.moved_partitions = message.moved_partitions();
  status.stray_chunks = message.stray_chunks();
  status.missing_chunks = message.missing_chunks();
  status.missing_bytes = message.missing_bytes();
  status.buckets = message.buckets();
  status.objects = message.objects();
  status.object_bytes = message.object_bytes();
  status.garbage_bytes = message.garbage_bytes();
  status.garbage_versions = message.garbage_versions();
  status.open_sessions = message.open_sessions();
  status.collection_frozen = message.collection_frozen();
  return status;
}

}  // namespace trebol::client
