// Joins, drains, deaths and returns in any order, against a model of nodes that copy, report and
// forget by the rules of docs/decisions/2026-11-27-pull-push-forget.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/cluster/map_change.h"
#include "common/cluster/placement.h"
#include "tests/testing/seed.h"

namespace trebol {
namespace {

constexpr uint32_t kPartitions = 32;

class MapSimulation {
 public:
  MapSimulation(uint64_t seed, uint32_t copies, int nodes, int zones)
      : random_(seed), zones_(zones) {
    map_.set_epoch(1);
    map_.mutable_constants()->set_partitions(kPartitions);
    map_.mutable_constants()->set_copies(copies);
    map_.mutable_constants()->set_write_quorum(copies / 2 + 1);
    for (int n = 0; n < nodes; ++n) AddNode(v1::ClusterNode::ACTIVE);
    std::vector<ReplicaSet> table = PlanFirstTable(Nodes(), map_.constants()).value();
    for (ReplicaSet& set : table) {
      set.epoch = Epoch(1);
      for (const NodeId node : set.serving) nodes_[node].held.insert(set.partition.value);
      *map_.add_partitions() = ToProto(set);
    }
  }

  void Step() {
    switch (random_() % 12) {
      case 0:
        if (map_.nodes_size() < 14) AddNode(v1::ClusterNode::WAITING);
        break;
      case 1:
        SetState(v1::ClusterNode::WAITING, v1::ClusterNode::ACTIVE);
        break;
      case 2:
        SetState(v1::ClusterNode::ACTIVE, v1::ClusterNode::DRAINING);
        break;
      case 3:
        SetState(v1::ClusterNode::DRAINING, v1::ClusterNode::ACTIVE);
        break;
      case 4:
        for (auto& [id, node] : nodes_) node.up = node.up && random_() % 6 != 0;
        break;
      case 5:
        for (auto& [id, node] : nodes_) node.up = node.up || random_() % 2 == 0;
        break;
      case 6:
        SetOut();
        break;
      default:
        break;
    }
    Live();
    Finish();
    Check();
  }

  /// Everybody is up, and nothing happens any more: moves must end.
  void Heal() {
    for (auto& [id, node] : nodes_) node.up = true;
    for (int step = 0; step < 40 && (step < 5 || IsMoving()); ++step) {
      Live();
      Finish();
      Check();
    }
    ASSERT_FALSE(IsMoving());
    const std::vector<v1::ClusterNode> nodes = Nodes();
    const size_t size = std::min<size_t>(map_.constants().copies(), Eligible().size());
    std::set<std::string> zones;
    for (const NodeId node : Eligible()) zones.insert(zone_[node]);
    for (const v1::PartitionEntry& entry : map_.partitions()) {
      ASSERT_EQ(static_cast<size_t>(entry.serving_size()), size);
      std::set<std::string> distinct;
      for (const uint64_t node : entry.serving()) {
        distinct.insert(zone_[NodeId(node)]);
        ASSERT_TRUE(nodes_[NodeId(node)].held.contains(entry.partition()));
      }
      ASSERT_GE(distinct.size(), std::min(size, zones.size()));
    }
    for (const auto& [id, node] : nodes_) {
      if (IsOut(id)) continue;
      for (const uint32_t partition : node.held) ASSERT_TRUE(IsMember(id, partition));
    }
  }

  int changes() const { return changes_; }
  int finished() const { return finished_; }

 private:
  struct Model {
    bool up = true;
    uint64_t epoch = 0;       // of the map that it has installed
    std::set<uint32_t> held;  // partitions of which it holds all that there is
  };

  std::vector<v1::ClusterNode> Nodes() const { return {map_.nodes().begin(), map_.nodes().end()}; }
  std::vector<ReplicaSet> Table() const { return ClusterMap::FromProto(map_).value()->table(); }

  std::vector<NodeId> Eligible() const {
    std::vector<NodeId> nodes;
    for (const auto& node : map_.nodes()) {
      if (node.state() == v1::ClusterNode::ACTIVE) nodes.emplace_back(node.id());
    }
    return nodes;
  }
  bool IsOut(NodeId id) const {
    return std::ranges::any_of(map_.nodes(), [id](const v1::ClusterNode& node) {
      return NodeId(node.id()) == id && node.state() == v1::ClusterNode::OUT;
    });
  }
  bool IsMember(NodeId id, uint32_t partition) const {
    const v1::PartitionEntry& entry = map_.partitions(partition);
    return std::ranges::count(entry.serving(), id.value) +
               std::ranges::count(entry.incoming(), id.value) >
           0;
  }
  bool IsMoving() const {
    return std::ranges::any_of(map_.partitions(), [](const v1::PartitionEntry& entry) {
      return entry.incoming_size() + entry.leaving_size() > 0;
    });
  }

  void AddNode(v1::ClusterNode::State state) {
    v1::ClusterNode& node = *map_.add_nodes();
    node.set_id(1 + random_() / 4);
    node.set_weight(1 + random_() % 2);
    node.set_zone(absl::StrCat("z", random_() % zones_));
    node.set_state(state);
    zone_[NodeId(node.id())] = node.zone();
    nodes_[NodeId(node.id())] = Model();
  }

  void SetState(v1::ClusterNode::State from, v1::ClusterNode::State to) {
    if (to == v1::ClusterNode::DRAINING && Eligible().size() < 3) return;
    for (v1::ClusterNode& node : *map_.mutable_nodes()) {
      if (node.state() != from || random_() % 2 == 0) continue;
      node.set_state(to);
      return Replan();
    }
  }

  /// A node that is down goes OUT, but never one without which nobody up would serve a partition.
  void SetOut() {
    for (v1::ClusterNode& node : *map_.mutable_nodes()) {
      const NodeId id(node.id());
      if (nodes_[id].up || node.state() == v1::ClusterNode::OUT) continue;
      if (node.state() == v1::ClusterNode::ACTIVE && Eligible().size() < 3) continue;
      absl::flat_hash_set<NodeId> up;
      for (const auto& [other, model] : nodes_) {
        if (model.up) up.insert(other);
      }
      if (!LastHeldBy(id, Table(), up).empty()) continue;
      node.set_state(v1::ClusterNode::OUT);
      return Replan();
    }
  }

  void Replan() { Publish(PlanMoves(Table(), Nodes(), map_.constants()).value()); }

  void Publish(const std::vector<ReplicaSet>& changes) {
    if (changes.empty()) return;
    map_.set_epoch(map_.epoch() + 1);
    for (const ReplicaSet& set : changes) {
      v1::PartitionEntry entry = ToProto(set);
      entry.set_epoch(map_.epoch());
      *map_.mutable_partitions(entry.partition()) = entry;
    }
    changes_ += static_cast<int>(changes.size());
  }

  /// What nodes do in a second: learn the map, copy, forget.
  void Live() {
    for (auto& [id, node] : nodes_) {
      if (node.up && random_() % 4 != 0) node.epoch = map_.epoch();
    }
    for (const v1::PartitionEntry& entry : map_.partitions()) {
      const uint32_t partition = entry.partition();
      // Whom a member compares itself with: all must be at the epoch.
      bool all_there = true;
      bool source = false;
      for (const auto* nodes : {&entry.serving(), &entry.incoming(), &entry.leaving()}) {
        for (const uint64_t other : *nodes) {
          if (IsOut(NodeId(other))) continue;
          const Model& node = nodes_[NodeId(other)];
          all_there = all_there && node.up && node.epoch >= entry.epoch();
          source = source || (node.up && node.held.contains(partition));
        }
      }
      for (const uint64_t id : entry.incoming()) {
        if (source && all_there && random_() % 3 != 0) nodes_[NodeId(id)].held.insert(partition);
      }
      // Strays go once all members have what they hold, at one epoch.
      const bool may_forget =
          entry.incoming().empty() && std::ranges::all_of(entry.serving(), [&](uint64_t id) {
            const Model& node = nodes_[NodeId(id)];
            return node.up && node.epoch == map_.epoch() && node.held.contains(partition);
          });
      for (auto& [id, node] : nodes_) {
        if (may_forget && node.up && node.epoch == map_.epoch() && !IsMember(id, partition)) {
          node.held.erase(partition);
        }
      }
    }
  }

  void Finish() {
    absl::flat_hash_map<NodeId, v1::HeartbeatRequest> reports;
    for (const auto& [id, node] : nodes_) {
      if (!node.up) continue;
      v1::HeartbeatRequest& report = reports[id];
      report.set_stray_epoch(node.epoch);
      for (const v1::PartitionEntry& entry : map_.partitions()) {
        const bool holds = node.held.contains(entry.partition());
        const bool incoming = std::ranges::count(entry.incoming(), id.value) > 0;
        if (holds && !IsMember(id, entry.partition())) {
          report.add_stray_partitions(entry.partition());
        }
        if (!holds || !incoming || node.epoch < entry.epoch()) continue;
        report.add_complete()->set_partition(entry.partition());
        report.mutable_complete()->rbegin()->set_epoch(entry.epoch());
      }
    }
    const auto changes = FinishMoves(*ClusterMap::FromProto(map_).value(), reports);
    finished_ += static_cast<int>(changes.size());
    Publish(changes);
  }

  void Check() {
    ASSERT_TRUE(ClusterMap::FromProto(map_).ok()) << ClusterMap::FromProto(map_).status();
    for (const v1::PartitionEntry& entry : map_.partitions()) {
      ASSERT_LE(static_cast<uint32_t>(entry.serving_size() + entry.incoming_size()),
                map_.constants().copies());
      ASSERT_GE(entry.epoch(), epochs_[entry.partition()]);
      epochs_[entry.partition()] = entry.epoch();
      for (const uint64_t id : entry.serving()) {
        ASSERT_TRUE(nodes_[NodeId(id)].held.contains(entry.partition()))
            << "node " << id << " serves partition " << entry.partition() << " and lacks it";
      }
      // Readers find it with a node that the entry names.
      bool found = false;
      for (const auto* nodes : {&entry.serving(), &entry.incoming(), &entry.leaving()}) {
        for (const uint64_t id : *nodes) {
          found =
              found || (!IsOut(NodeId(id)) && nodes_[NodeId(id)].held.contains(entry.partition()));
        }
      }
      ASSERT_TRUE(found) << "nobody has partition " << entry.partition();
    }
  }

  std::mt19937_64 random_;
  const int zones_;
  v1::ClusterMap map_;
  std::map<NodeId, Model> nodes_;
  std::map<NodeId, std::string> zone_;
  std::map<uint32_t, uint64_t> epochs_;
  int changes_ = 0;
  int finished_ = 0;
};

TEST(MapSimulation, MovesEndWhateverHappensOnTheWay) {
  const uint64_t seed = TestSeed();
  int changes = 0;
  int finished = 0;
  for (uint64_t run = 0; run < 60; ++run) {
    std::mt19937_64 random(seed + run);
    MapSimulation simulation(seed + run, 1 + random() % 4, 4 + random() % 5, 1 + random() % 5);
    for (int round = 0; round < 3; ++round) {
      for (int step = 0; step < 40; ++step) {
        ASSERT_NO_FATAL_FAILURE(simulation.Step()) << "run " << run;
      }
      ASSERT_NO_FATAL_FAILURE(simulation.Heal()) << "run " << run;
    }
    changes += simulation.changes();
    finished += simulation.finished();
  }
  ASSERT_GT(changes, 1000) << "hardly anything moved";
  ASSERT_GT(finished, 1000) << "hardly any move ended";
}

}  // namespace
}  // namespace trebol
