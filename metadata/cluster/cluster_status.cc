#include "metadata/cluster/cluster_status.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"

namespace trebol {
namespace {

v1::NodeStatus::Liveness LivenessOf(NodeId node, bool reconciling, const ClusterFacts& facts) {
  if (!facts.monitor.IsUp(node, facts.now)) return v1::NodeStatus::DOWN;
  return reconciling ? v1::NodeStatus::RECONCILING : v1::NodeStatus::UP;
}

std::string NameOf(const v1::ClusterNode& node) {
  return absl::StrCat("node ", ToHex(node.id()), " (", node.endpoint(), ")");
}

void AddNodeReasons(const v1::NodeStatus& node, v1::ClusterStatus* status) {
  const std::string name = NameOf(node.node());
  if (node.liveness() == v1::NodeStatus::DOWN) {
    const std::string since =
        node.heartbeat_age_seconds() < 0
            ? "has not been heard since metadata started"
            : absl::StrCat("has not been heard for ",
                           static_cast<int64_t>(node.heartbeat_age_seconds()), " s");
    status->add_reasons(
        absl::StrCat(name, " ", since, "; start it, or see why it cannot be reached"));
    return;
  }
  if (node.liveness() == v1::NodeStatus::RECONCILING) {
    status->add_reasons(absl::StrCat(name,
                                     " came back with less than it once had; its copies are "
                                     "in doubt until they are compared with the others"));
  }
  if (node.last().store_failed()) {
    status->add_reasons(absl::StrCat(name,
                                     " stopped its store after a failed flush; check its disk, "
                                     "then restart it"));
  } else if (node.last().writes_refused()) {
    status->add_reasons(absl::StrCat(name, " refuses writes because its disk is more than ",
                                     static_cast<int>(kRefuseWritesAt * 100),
                                     " % full; free space or add a disk"));
  }
}

void AddNodes(const ClusterFacts& facts, v1::ClusterStatus* status) {
  absl::flat_hash_map<NodeId, uint32_t> replicas;
  for (const v1::PartitionEntry& entry : facts.map.proto().partitions()) {
    for (const uint64_t node : entry.serving()) ++replicas[NodeId(node)];
  }
  absl::flat_hash_set<NodeId> reconciling;
  for (const v1::NodeRow& row : facts.nodes) {
    if (row.reconciling()) reconciling.insert(NodeId(row.registration().node_id()));
  }
  for (const v1::ClusterNode& shown : facts.map.proto().nodes()) {
    const NodeId id(shown.id());
    v1::NodeStatus& node = *status->add_nodes();
    *node.mutable_node() = shown;
    node.set_liveness(LivenessOf(id, reconciling.contains(id), facts));
    node.set_partitions(replicas[id]);
    node.set_heartbeat_age_seconds(-1);
    if (const auto seen = facts.monitor.Find(id)) {
      node.set_heartbeat_age_seconds(absl::ToDoubleSeconds(facts.now - seen->at));
      *node.mutable_last() = seen->last;
    }
    if (shown.state() != v1::ClusterNode::OUT) {
      AddNodeReasons(node, status);
    } else if (node.liveness() != v1::NodeStatus::DOWN) {
      status->add_reasons(absl::StrCat(NameOf(shown),
                                       " was set OUT and lives: it serves what it has, but its "
                                       "garbage stays and it cannot be taken in again; let a new "
                                       "node take its place"));
    }
  }
}

void CountPartitions(const ClusterFacts& facts, v1::ClusterStatus* status) {
  absl::flat_hash_set<NodeId> good;
  absl::flat_hash_set<NodeId> writable;
  for (const v1::NodeStatus& node : status->nodes()) {
    if (node.liveness() == v1::NodeStatus::DOWN || node.last().store_failed()) continue;
    const NodeId id(node.node().id());
    if (!node.last().writes_refused()) writable.insert(id);
    if (node.liveness() == v1::NodeStatus::UP) good.insert(id);
  }
  uint32_t degraded = 0;
  uint32_t unavailable = 0;
  const auto count = [](const v1::PartitionEntry& entry, const absl::flat_hash_set<NodeId>& set) {
    return static_cast<uint32_t>(
        std::count_if(entry.serving().begin(), entry.serving().end(),
                      [&set](uint64_t node) { return set.contains(NodeId(node)); }));
  };
  for (const v1::PartitionEntry& entry : facts.map.proto().partitions()) {
    if (count(entry, good) < facts.map.copies()) ++degraded;
    if (count(entry, writable) < facts.map.write_quorum()) ++unavailable;
  }
  status->set_degraded_partitions(degraded);
  status->set_unavailable_partitions(unavailable);
}

v1::ClusterStatus::Health HealthOf(const ClusterFacts& facts, v1::ClusterStatus* status) {
  if (!facts.map.has_table()) {
    const auto& nodes = facts.map.proto().nodes();
    // A node that came and went is not waited for any more, and another must take its place.
    const auto joined = std::count_if(nodes.begin(), nodes.end(), [&facts](const auto& node) {
      return node.state() != v1::ClusterNode::OUT &&
             facts.monitor.WasHeard(NodeId(node.id()), facts.now);
    });
    const int missing =
        static_cast<int>(facts.cluster.constants().initial_nodes()) - static_cast<int>(joined);
    status->add_reasons(absl::StrCat("waiting for ", std::max(missing, 0), " more of the ",
                                     facts.cluster.constants().initial_nodes(),
                                     " declared storage nodes to join; start them"));
    return v1::ClusterStatus::FORMING;
  }
  if (status->unavailable_partitions() > 0) {
    status->add_reasons(absl::StrCat(status->unavailable_partitions(), " of ",
                                     facts.map.partition_count(), " partitions have fewer than ",
                                     facts.map.write_quorum(),
                                     " writable nodes and refuse writes; bring their nodes back"));
    return v1::ClusterStatus::UNAVAILABLE;
  }
  if (status->degraded_partitions() > 0) {
    status->add_reasons(absl::StrCat(status->degraded_partitions(), " of ",
                                     facts.map.partition_count(), " partitions have fewer than ",
                                     facts.map.copies(),
                                     " good copies within reach; bring their nodes back"));
    return v1::ClusterStatus::DEGRADED;
  }
  return v1::ClusterStatus::HEALTHY;
}

}  // namespace

v1::ClusterStatus AssembleStatus(const ClusterFacts& facts) {
  v1::ClusterStatus status;
  status.set_cluster_id(facts.cluster.cluster_id());
  status.set_generation(facts.cluster.generation());
  status.set_map_epoch(facts.map.epoch().value);
  *status.mutable_head() = facts.head;
  *status.mutable_constants() = facts.cluster.constants();
  status.set_buckets(facts.cluster.buckets());
  status.set_objects(facts.cluster.objects());
  status.set_object_bytes(facts.cluster.object_bytes());
  status.set_garbage_bytes(facts.cluster.garbage_bytes());
  status.set_garbage_versions(facts.cluster.garbage_versions());
  status.set_open_sessions(facts.open_sessions);
  status.set_collection_frozen(facts.cluster.collection_frozen());
  AddNodes(facts, &status);
  CountPartitions(facts, &status);
  status.set_health(HealthOf(facts, &status));
  if (facts.cluster.collection_frozen()) {
    status.add_reasons(absl::StrCat("garbage is not collected: ", facts.cluster.frozen_reason()));
  }
  for (const std::string& alarm : facts.alarms) status.add_reasons(alarm);
  return status;
}

}  // namespace trebol
