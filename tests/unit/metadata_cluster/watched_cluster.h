#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/cluster/map_change.h"
#include "common/cluster/placement.h"
#include "metadata/cluster/node_monitor.h"
#include "tests/testing/manual_clock.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// A map with a table and nodes that beat, without a catalog: for what decides on the map alone.
class WatchedCluster {
 public:
  /// `zones`: 0 for none.
  explicit WatchedCluster(int nodes, uint32_t partitions = 64, uint32_t copies = 3, int zones = 0) {
    map_.set_epoch(1);
    map_.mutable_constants()->set_partitions(partitions);
    map_.mutable_constants()->set_copies(copies);
    map_.mutable_constants()->set_write_quorum(copies / 2 + 1);
    map_.mutable_constants()->set_initial_nodes(nodes);
    for (int id = 1; id <= nodes; ++id) {
      AddNode(id, v1::ClusterNode::ACTIVE, zones > 0 ? absl::StrCat("zone-", id % zones) : "");
    }
    const auto table = PlanFirstTable({map_.nodes().begin(), map_.nodes().end()}, map_.constants());
    for (ReplicaSet set : table.value()) {
      set.epoch = Epoch(1);
      *map_.add_partitions() = ToProto(set);
    }
  }

  v1::ClusterNode& AddNode(uint64_t id, v1::ClusterNode::State state = v1::ClusterNode::WAITING,
                           const std::string& zone = "") {
    v1::ClusterNode& node = *map_.add_nodes();
    node.set_id(id);
    node.set_endpoint(absl::StrCat("10.0.0.", id, ":9200"));
    node.set_zone(zone);
    node.set_weight(1);
    node.set_state(state);
    beating_.insert(id);
    return node;
  }
  v1::ClusterNode& Node(uint64_t id) { return *map_.mutable_nodes(static_cast<int>(id) - 1); }
  v1::ClusterMap& proto() { return map_; }
  std::shared_ptr<const ClusterMap> map() const { return ClusterMap::FromProto(map_).value(); }

  /// What the node says from now on.
  v1::HeartbeatRequest& Says(uint64_t id) { return says_[id]; }
  void Silence(uint64_t id) { beating_.erase(id); }
  void Revive(uint64_t id) { beating_.insert(id); }
  /// Everybody who lives beats.
  void Beat() {
    for (const uint64_t id : beating_) {
      v1::HeartbeatRequest request = says_[id];
      request.set_node_id(id);
      request.set_incarnation(1);
      v1::NodeRow row;
      row.set_incarnation(1);
      monitor_->Heartbeat(request, row, clock_.Now()).IgnoreError();
    }
  }

  /// As the catalog applies it.
  void Apply(const v1::ChangeMapCommand& change) {
    ASSERT_EQ(change.expected_epoch(), map_.epoch());
    map_.set_epoch(map_.epoch() + 1);
    for (const v1::ClusterNode& node : change.nodes()) Node(node.id()) = node;
    for (const v1::PartitionEntry& entry : change.partitions()) {
      *map_.mutable_partitions(static_cast<int>(entry.partition())) = entry;
      map_.mutable_partitions(static_cast<int>(entry.partition()))->set_epoch(map_.epoch());
    }
    ASSERT_TRUE(ClusterMap::FromProto(map_).ok()) << ClusterMap::FromProto(map_).status();
  }

  /// Partitions that name the node, in any part.
  int Named(uint64_t id) const {
    int named = 0;
    for (const v1::PartitionEntry& entry : map_.partitions()) {
      for (const auto* nodes : {&entry.serving(), &entry.incoming(), &entry.leaving()}) {
        named += std::count(nodes->begin(), nodes->end(), id);
      }
    }
    return named;
  }

  ManualClock& clock() { return clock_; }
  NodeMonitor& monitor() { return *monitor_; }
  /// Metadata starts anew and has heard nobody.
  void Forget() { monitor_ = std::make_unique<NodeMonitor>(); }

 private:
  v1::ClusterMap map_;
  std::set<uint64_t> beating_;
  std::map<uint64_t, v1::HeartbeatRequest> says_;
  ManualClock clock_;
  std::unique_ptr<NodeMonitor> monitor_ = std::make_unique<NodeMonitor>();
};

}  // namespace trebol
