#include "metadata/cluster/cluster_status.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "metadata/cluster/node_reasons.h"

namespace trebol {
namespace {

v1::NodeStatus::Liveness LivenessOf(const v1::ClusterNode& node, bool reconciling,
                                    const ClusterFacts& facts) {
  const NodeId id(node.id());
  if (node.down() || facts.monitor.Beats(id) == 0) return v1::NodeStatus::DOWN;
  if (facts.monitor.Suspects(id, facts.now) || !facts.monitor.IsUp(id, facts.now)) {
    return v1::NodeStatus::SUSPECT;
  }
  return reconciling ? v1::NodeStatus::RECONCILING : v1::NodeStatus::UP;
}

bool IsAway(const v1::NodeStatus& node) {
  return node.liveness() == v1::NodeStatus::DOWN || node.liveness() == v1::NodeStatus::SUSPECT;
}

/// What the table gives a node.
struct Share {
  uint32_t members = 0;
  uint32_t incoming = 0;
  uint32_t leaving = 0;
};

absl::flat_hash_map<uint64_t, Share> Shares(const ClusterMap& map) {
  absl::flat_hash_map<uint64_t, Share> shares;
  for (const v1::PartitionEntry& entry : map.proto().partitions()) {
    for (const uint64_t node : entry.serving()) ++shares[node].members;
    for (const uint64_t node : entry.incoming()) {
      ++shares[node].members;
      ++shares[node].incoming;
    }
    for (const uint64_t node : entry.leaving()) ++shares[node].leaving;
  }
  return shares;
}

void AddNodes(const ClusterFacts& facts, v1::ClusterStatus* status) {
  const auto shares = Shares(facts.map);
  absl::flat_hash_set<uint64_t> reconciling;
  for (const v1::NodeRow& row : facts.nodes) {
    if (row.reconciling()) reconciling.insert(row.registration().node_id());
  }
  for (const v1::ClusterNode& shown : facts.map.proto().nodes()) {
    const NodeId id(shown.id());
    v1::NodeStatus& node = *status->add_nodes();
    *node.mutable_node() = shown;
    node.set_liveness(LivenessOf(shown, reconciling.contains(shown.id()), facts));
    if (const auto share = shares.find(shown.id()); share != shares.end()) {
      node.set_partitions(share->second.members);
      node.set_incoming_partitions(share->second.incoming);
      node.set_leaving_partitions(share->second.leaving);
    }
    node.set_heartbeat_age_seconds(-1);
    if (const auto seen = facts.monitor.Find(id)) {
      node.set_heartbeat_age_seconds(absl::ToDoubleSeconds(facts.now - seen->at));
      *node.mutable_last() = seen->last;
      // Lists that only metadata needs, of thousands of numbers.
      node.mutable_last()->clear_complete();
      node.mutable_last()->clear_stray_partitions();
      node.mutable_last()->clear_settled_sessions();
    }
    node.set_down_seconds(-1);
    node.set_out_in_seconds(-1);
    if (const auto down = facts.kept.down.find(id); down != facts.kept.down.end() && shown.down()) {
      node.set_down_seconds(absl::ToDoubleSeconds(down->second.for_how_long));
      if (down->second.out_in < absl::InfiniteDuration()) {
        node.set_out_in_seconds(absl::ToDoubleSeconds(down->second.out_in));
      }
    }
    AddNodeReasons(node, facts, status);
  }
}

/// What is not where it belongs, by the nodes that can say so.
void CountChunks(v1::ClusterStatus* status) {
  for (const v1::NodeStatus& node : status->nodes()) {
    if (node.node().state() == v1::ClusterNode::OUT) continue;
    const v1::HeartbeatRequest& last = node.last();
    status->set_stray_chunks(status->stray_chunks() + last.stray_chunks());
    status->set_missing_chunks(status->missing_chunks() + last.missing_chunks());
    status->set_missing_bytes(status->missing_bytes() + last.missing_bytes());
  }
}

void CountPartitions(const ClusterFacts& facts, v1::ClusterStatus* status) {
  absl::flat_hash_set<NodeId> good;
  absl::flat_hash_set<NodeId> writable;
  for (const v1::NodeStatus& node : status->nodes()) {
    if (IsAway(node) || node.node().state() == v1::ClusterNode::OUT || node.last().store_failed()) {
      continue;
    }
    const NodeId id(node.node().id());
    if (!node.last().writes_refused()) writable.insert(id);
    if (node.liveness() == v1::NodeStatus::UP) good.insert(id);
  }
  uint32_t degraded = 0;
  uint32_t unavailable = 0;
  const auto count = [](const auto& nodes, const absl::flat_hash_set<NodeId>& set) {
    return static_cast<uint32_t>(std::count_if(
        nodes.begin(), nodes.end(), [&set](uint64_t node) { return set.contains(NodeId(node)); }));
  };
  uint32_t moving = 0;
  for (const v1::PartitionEntry& entry : facts.map.proto().partitions()) {
    if (count(entry.serving(), good) < facts.map.copies()) ++degraded;
    const uint32_t takers = count(entry.serving(), writable) + count(entry.incoming(), writable);
    if (takers < facts.map.write_quorum()) ++unavailable;
    if (entry.incoming_size() + entry.leaving_size() > 0) ++moving;
  }
  status->set_moving_partitions(moving);
  status->set_moved_partitions(facts.kept.moved);
  status->set_degraded_partitions(degraded);
  status->set_unavailable_partitions(unavailable);
}

/// What to do about copies that are not within reach.
std::string AwayRemedy(const v1::ClusterStatus& status) {
  const bool away = std::any_of(status.nodes().begin(), status.nodes().end(), [](const auto& node) {
    return node.partitions() > 0 && IsAway(node);
  });
  if (away) return "; bring their nodes back";
  return status.moving_partitions() > 0 ? "; they are being made" : "; add nodes (trebol node add)";
}

std::string Moves(const v1::ClusterStatus& status) {
  const uint32_t moving = status.moving_partitions();
  const uint32_t all = moving + status.moved_partitions();
  return absl::StrCat("copies of ", moving, " partitions are on the move, ",
                      uint64_t{100} * status.moved_partitions() / all,
                      " % of this change is done; nothing is to be done but to wait");
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
                                     facts.map.copies(), " good copies within reach",
                                     AwayRemedy(*status)));
  }
  if (status->moving_partitions() > 0) status->add_reasons(Moves(*status));
  // A stray is a copy too many, not one too few: those of a busy cluster come and go.
  const bool whole = status->degraded_partitions() == 0 && status->moving_partitions() == 0 &&
                     status->missing_chunks() == 0 && facts.lost_chunks == 0;
  return whole ? v1::ClusterStatus::HEALTHY : v1::ClusterStatus::DEGRADED;
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
  CountChunks(&status);
  status.set_health(HealthOf(facts, &status));
  if (facts.cluster.collection_frozen()) {
    status.add_reasons(absl::StrCat("garbage is not collected: ", facts.cluster.frozen_reason()));
  }
  for (const std::string& alarm : facts.alarms) status.add_reasons(alarm);
  return status;
}

}  // namespace trebol
