#include "common/cluster/placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/unit/cluster/fewest_moves.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using Nodes = std::vector<v1::ClusterNode>;
using Table = std::vector<ReplicaSet>;

v1::ClusterNode Node(uint64_t id, const std::string& zone = "", double weight = 1) {
  v1::ClusterNode node;
  node.set_id(id);
  node.set_zone(zone);
  node.set_weight(weight);
  node.set_state(v1::ClusterNode::ACTIVE);
  return node;
}

v1::ClusterConstants Constants(uint32_t partitions, uint32_t copies) {
  v1::ClusterConstants constants;
  constants.set_partitions(partitions);
  constants.set_copies(copies);
  constants.set_write_quorum(copies / 2 + 1);
  return constants;
}

Nodes EqualNodes(int count, int zones) {
  Nodes nodes;
  for (int n = 0; n < count; ++n)
    nodes.push_back(Node(0x1000 + n * 77, absl::StrCat("z", n % zones)));
  return nodes;
}

std::map<NodeId, int> Held(const Table& table) {
  std::map<NodeId, int> held;
  for (const ReplicaSet& set : table) {
    for (NodeId node : set.serving) ++held[node];
  }
  return held;
}

size_t Zones(const Nodes& nodes) {
  std::set<std::string> zones;
  for (const auto& node : nodes) zones.insert(node.zone());
  return zones.size();
}

bool Same(const Table& a, const Table& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.partition == y.partition && x.serving == y.serving;
  });
}

/// Distinct nodes, distinct zones, nobody unknown.
void AssertLegal(const Table& table, const Nodes& nodes, const v1::ClusterConstants& constants) {
  std::map<NodeId, std::string> zone_of;
  for (const auto& node : nodes) zone_of[NodeId(node.id())] = node.zone();
  const size_t size = std::min<size_t>(constants.copies(), nodes.size());
  const size_t zones = std::min(size, Zones(nodes));
  RC_ASSERT(table.size() == constants.partitions());
  for (size_t p = 0; p < table.size(); ++p) {
    RC_ASSERT(table[p].partition == PartitionId(p));
    std::set<NodeId> distinct;
    std::set<std::string> distinct_zones;
    for (NodeId node : table[p].serving) {
      RC_ASSERT(zone_of.contains(node));
      distinct.insert(node);
      distinct_zones.insert(zone_of[node]);
    }
    RC_ASSERT(table[p].serving.size() == size);
    RC_ASSERT(distinct.size() == size);
    RC_ASSERT(distinct_zones.size() >= zones);
  }
}

/// The real-valued fair shares, found by another way than the planner's: weights poured in small
/// portions into whoever is emptiest for its weight and may still grow. Only for clusters without
/// zones, where the sole bound is one replica of a partition a node.
std::map<NodeId, double> FairShares(const Nodes& nodes, double partitions, double copies) {
  std::map<NodeId, double> shares;
  double left = partitions * std::min<double>(copies, nodes.size());
  Nodes open = nodes;
  while (true) {
    double weight = 0;
    for (const auto& node : open) weight += node.weight();
    const auto full = std::find_if(open.begin(), open.end(), [&](const auto& node) {
      return left * node.weight() / weight >= partitions;
    });
    if (full == open.end()) {
      for (const auto& node : open) shares[NodeId(node.id())] = left * node.weight() / weight;
      return shares;
    }
    shares[NodeId(full->id())] = partitions;
    left -= partitions;
    open.erase(full);
    if (open.empty()) return shares;
  }
}

struct Cluster {
  Nodes nodes;
  v1::ClusterConstants constants;
};

/// Any mixture of sizes, weights and zones, among them silly ones.
Cluster AnyCluster(int min_nodes, int max_zones) {
  Cluster cluster;
  const int zones = *rc::gen::inRange(1, max_zones + 1);
  const int count = *rc::gen::inRange(min_nodes, 40);
  const bool weighted = *rc::gen::arbitrary<bool>();
  std::set<uint64_t> ids;
  std::mt19937_64 random(*rc::gen::arbitrary<uint32_t>());
  while (ids.size() < static_cast<size_t>(count)) ids.insert(1 + random() / 4);
  for (uint64_t id : ids) {
    const double weight = weighted ? *rc::gen::inRange(10, 80) / 10.0 : 1.0;
    cluster.nodes.push_back(Node(id, absl::StrCat("z", *rc::gen::inRange(0, zones)), weight));
  }
  cluster.constants = Constants(1 << *rc::gen::inRange(6, 11), *rc::gen::inRange(1, 6));
  return cluster;
}

RC_GTEST_PROP(PlanFirstTable, IsLegalForAnyCluster, ()) {
  const Cluster cluster = AnyCluster(1, 7);
  const Table table = PlanFirstTable(cluster.nodes, cluster.constants).value();
  AssertLegal(table, cluster.nodes, cluster.constants);
}

RC_GTEST_PROP(PlanFirstTable, IgnoresTheOrderOfNodes, (uint32_t seed)) {
  const Cluster cluster = AnyCluster(1, 7);
  Nodes shuffled = cluster.nodes;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(seed));
  RC_ASSERT(Same(PlanFirstTable(cluster.nodes, cluster.constants).value(),
                 PlanFirstTable(shuffled, cluster.constants).value()));
}

RC_GTEST_PROP(PlanFirstTable, RespectsWeights, ()) {
  const Cluster cluster = AnyCluster(1, 1);
  const Table table = PlanFirstTable(cluster.nodes, cluster.constants).value();
  auto held = Held(table);
  for (const auto& [node, share] :
       FairShares(cluster.nodes, cluster.constants.partitions(), cluster.constants.copies())) {
    RC_ASSERT(std::abs(held[node] - share) <= 1.001);
  }
}

RC_GTEST_PROP(PlanTable, KeepsABalancedTableAsItIs, (uint32_t seed)) {
  const Cluster cluster = AnyCluster(1, 7);
  const Table table = PlanFirstTable(cluster.nodes, cluster.constants).value();
  Nodes shuffled = cluster.nodes;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(seed));
  RC_ASSERT(Same(PlanTable(table, shuffled, cluster.constants).value(), table));
}

RC_GTEST_PROP(PlanTable, RepairsAnyTable, ()) {
  // What another cluster's table, or damage, left behind: wrong sizes, duplicates, strangers.
  const Cluster cluster = AnyCluster(1, 7);
  Table table(cluster.constants.partitions());
  for (size_t p = 0; p < table.size(); ++p) {
    table[p].partition = PartitionId(p);
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
      const size_t n = *rc::gen::inRange<size_t>(0, cluster.nodes.size() + 1);
      table[p].serving.push_back(n == cluster.nodes.size() ? NodeId(uint64_t{1} << 63)
                                                           : NodeId(cluster.nodes[n].id()));
    }
  }
  const Table next = PlanTable(table, cluster.nodes, cluster.constants).value();
  AssertLegal(next, cluster.nodes, cluster.constants);
  auto held = Held(next);
  for (const auto& [node, fresh] : Held(PlanFirstTable(cluster.nodes, cluster.constants).value())) {
    RC_ASSERT(std::abs(held[node] - fresh) <= 2);
  }
}

RC_GTEST_PROP(PlanTable, AddingANodeMovesLittle, ()) {
  Cluster cluster = AnyCluster(2, 7);
  cluster.constants.set_partitions(128);
  const v1::ClusterNode added = cluster.nodes.back();
  cluster.nodes.pop_back();
  const Table before = PlanFirstTable(cluster.nodes, cluster.constants).value();
  cluster.nodes.push_back(added);
  const Table after = PlanTable(before, cluster.nodes, cluster.constants).value();
  AssertLegal(after, cluster.nodes, cluster.constants);
  RC_ASSERT(CountMoves(before, after) <=
            1.1 * FewestMoves(before, after, cluster.nodes, cluster.constants.copies()) + 1);
}

RC_GTEST_PROP(PlanTable, RemovingANodeMovesLittle, (bool drained)) {
  Cluster cluster = AnyCluster(2, 7);
  cluster.constants.set_partitions(128);
  const Table before = PlanFirstTable(cluster.nodes, cluster.constants).value();
  Nodes left = cluster.nodes;
  left.pop_back();
  cluster.nodes.back().set_state(v1::ClusterNode::OUT);
  const Table after = PlanTable(before, drained ? cluster.nodes : left, cluster.constants).value();
  AssertLegal(after, left, cluster.constants);
  RC_ASSERT(CountMoves(before, after) <=
            1.1 * FewestMoves(before, after, left, cluster.constants.copies()) + 1);
}

RC_GTEST_PROP(PlanTable, WithoutZonesMovesAreNearTheIdeal, (bool add)) {
  // The same against a minimum that owes nothing to the planner: the shares that weights give.
  // Three copies on few nodes leave so little choice that no table reaches it.
  Cluster cluster = AnyCluster(10, 1);
  cluster.constants = Constants(4096, 3);
  Nodes fewer = cluster.nodes;
  fewer.pop_back();
  const Nodes& from = add ? fewer : cluster.nodes;
  const Nodes& to = add ? cluster.nodes : fewer;
  const Table before = PlanFirstTable(from, cluster.constants).value();
  const Table after = PlanTable(before, to, cluster.constants).value();
  const auto shares_before = FairShares(from, 4096, cluster.constants.copies());
  double minimum = 0;
  for (const auto& [node, share] : FairShares(to, 4096, cluster.constants.copies())) {
    const auto found = shares_before.find(node);
    minimum += std::max(0.0, share - (found == shares_before.end() ? 0 : found->second));
  }
  RC_ASSERT(CountMoves(before, after) <= 1.1 * minimum + 1);
}

TEST(PlanFirstTable, IsEvenAtAHundredNodes) {
  for (int zones : {1, 2, 3, 5, 10}) {
    const Table table = PlanFirstTable(EqualNodes(100, zones), Constants(4096, 3)).value();
    int most = 0;
    for (const auto& [node, held] : Held(table)) most = std::max(most, held);
    EXPECT_LE(most / (4096 * 3 / 100.0), 1.05) << zones << " zones";
  }
}

TEST(PlanFirstTable, SpreadsTheNeighboursOfANode) {
  // When a node dies, many others must share the repair.
  const Table table = PlanFirstTable(EqualNodes(100, 5), Constants(4096, 3)).value();
  std::map<NodeId, std::set<NodeId>> neighbours;
  std::map<NodeId, int> firsts;
  for (const ReplicaSet& set : table) {
    ++firsts[set.serving[0]];
    for (NodeId a : set.serving) neighbours[a].insert(set.serving.begin(), set.serving.end());
  }
  for (const auto& [node, others] : neighbours) EXPECT_GE(others.size(), 60u);
  for (const auto& [node, count] : firsts) EXPECT_LE(count, 80);
}

TEST(PlanTable, MovesNearTheIdealAtAHundredNodes) {
  for (int zones : {1, 3, 4}) {
    Nodes nodes = EqualNodes(100, zones);
    const v1::ClusterConstants constants = Constants(4096, 3);
    const Table before = PlanFirstTable(nodes, constants).value();
    nodes.push_back(Node(99999, zones == 1 ? "z0" : "z1"));
    const Table added = PlanTable(before, nodes, constants).value();
    // With three zones and three copies a zone's load stays within it; so does the newcomer's.
    const double in_zone = zones == 3 ? 4096.0 / (33 + 1) : 4096.0 * 3 / 101;
    EXPECT_LE(CountMoves(before, added), 1.1 * in_zone) << zones << " zones";
    nodes.erase(nodes.begin() + 50);
    const Table removed = PlanTable(added, nodes, constants).value();
    EXPECT_LE(CountMoves(added, removed), 1.1 * Held(added)[NodeId(0x1000 + 50 * 77)]);
  }
}

TEST(PlanTable, StaysBalancedOverManyChanges) {
  Nodes nodes = EqualNodes(12, 4);
  const v1::ClusterConstants constants = Constants(1024, 3);
  Table table = PlanFirstTable(nodes, constants).value();
  std::mt19937 random(4711);
  for (int change = 0; change < 60; ++change) {
    if (nodes.size() > 6 && random() % 2 == 0) {
      nodes.erase(nodes.begin() + random() % nodes.size());
    } else {
      nodes.push_back(Node(1 + random(), absl::StrCat("z", random() % 4)));
    }
    table = PlanTable(table, nodes, constants).value();
    const auto fresh = Held(PlanFirstTable(nodes, constants).value());
    for (const auto& [node, held] : Held(table)) {
      EXPECT_NEAR(held, fresh.at(node), 2) << "after change " << change << ", seed 4711";
    }
  }
}

TEST(PlanTable, StampsOnlyWhatChanged) {
  Nodes nodes = EqualNodes(5, 5);
  const v1::ClusterConstants constants = Constants(256, 3);
  Table before = PlanFirstTable(nodes, constants).value();
  for (ReplicaSet& set : before) {
    EXPECT_EQ(set.epoch, Epoch());
    set.epoch = Epoch(3);
    std::reverse(set.serving.begin(), set.serving.end());
  }
  nodes.push_back(Node(42, "another"));
  const Table after = PlanTable(before, nodes, constants).value();
  size_t changed = 0;
  for (size_t p = 0; p < after.size(); ++p) {
    const bool same = after[p].serving == before[p].serving;
    EXPECT_EQ(after[p].epoch, same ? Epoch(3) : Epoch());
    changed += same ? 0 : 1;
  }
  EXPECT_EQ(changed, 128u);
  EXPECT_EQ(CountMoves(before, after), 128u);
}

TEST(PlanTable, CountsMovesUnderWayAsDone) {
  const Nodes nodes = {Node(1), Node(2), Node(3), Node(4)};
  Table moving = PlanFirstTable(nodes, Constants(4, 3)).value();
  for (ReplicaSet& set : moving) {
    set.epoch = Epoch(3);
    set.incoming = {set.serving.back()};
    set.serving.pop_back();
    for (const auto& node : nodes) {
      const NodeId id(node.id());
      if (std::ranges::count(MembersOf(set), id) == 0) set.leaving = {id};
    }
  }
  const Table planned = PlanTable(moving, nodes, Constants(4, 3)).value();
  EXPECT_TRUE(Same(planned, moving));
  for (size_t p = 0; p < moving.size(); ++p) {
    EXPECT_EQ(planned[p].epoch, Epoch(3));
    EXPECT_EQ(planned[p].incoming, moving[p].incoming);
    EXPECT_EQ(planned[p].leaving, moving[p].leaving);
  }
  EXPECT_EQ(CountMoves(moving, planned), 0u);
}

TEST(PlanTable, UsesOnlyNodesThatMayHoldData) {
  Nodes nodes = EqualNodes(6, 1);
  nodes[0].set_state(v1::ClusterNode::OUT);
  nodes[1].set_state(v1::ClusterNode::DRAINING);
  nodes[2].set_state(v1::ClusterNode::WAITING);
  nodes[3].set_state(v1::ClusterNode::DRAINED);
  const auto held = Held(PlanFirstTable(nodes, Constants(64, 2)).value());
  for (int n = 0; n < 4; ++n) EXPECT_FALSE(held.contains(NodeId(nodes[n].id()))) << n;
  EXPECT_EQ(held.at(NodeId(nodes[4].id())), 64);
}

TEST(PlanTable, RefusesNonsense) {
  const auto message = [](const Nodes& nodes, const v1::ClusterConstants& constants) {
    return std::string(PlanFirstTable(nodes, constants).status().message());
  };
  EXPECT_THAT(message(EqualNodes(3, 3), Constants(100, 3)), HasSubstr("power of two"));
  EXPECT_THAT(message(EqualNodes(3, 3), Constants(1u << 31, 3)), HasSubstr("power of two up to"));
  EXPECT_THAT(message(EqualNodes(3, 3), Constants(64, 0)), HasSubstr("0 copies"));
  EXPECT_THAT(message({Node(1, "", 0)}, Constants(64, 1)), HasSubstr("has the weight 0"));
  EXPECT_THAT(message({Node(1, "", NAN)}, Constants(64, 1)), HasSubstr("has the weight nan"));
  EXPECT_THAT(message({Node(1), Node(1)}, Constants(64, 1)), HasSubstr("listed twice"));
  EXPECT_THAT(message({Node(0)}, Constants(64, 1)), HasSubstr("without an id"));
  EXPECT_EQ(PlanFirstTable({}, Constants(64, 1)).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(
      std::string(PlanTable(Table(3), EqualNodes(3, 3), Constants(64, 3)).status().message()),
      HasSubstr("has 3 partitions, not 64"));
}

TEST(HandoffOrder, NamesTheOthersInRendezvousOrder) {
  v1::ClusterMap proto;
  proto.set_epoch(1);
  *proto.mutable_constants() = Constants(64, 3);
  const Nodes nodes = EqualNodes(8, 1);
  const Table table = PlanFirstTable(nodes, proto.constants()).value();
  for (const auto& node : nodes) *proto.add_nodes() = node;
  for (const ReplicaSet& set : table) *proto.add_partitions() = ToProto(set);
  proto.mutable_nodes(7)->set_state(v1::ClusterNode::OUT);
  const auto map = ClusterMap::FromProto(proto).value();

  std::set<NodeId> seen_first;
  for (const ReplicaSet& set : table) {
    const std::vector<NodeId> handoffs = HandoffOrder(*map, set.partition);
    std::set<NodeId> all(handoffs.begin(), handoffs.end());
    for (NodeId node : set.serving) EXPECT_TRUE(all.insert(node).second);
    all.erase(NodeId(nodes[7].id()));
    EXPECT_EQ(all.size(), 7u);
    EXPECT_FALSE(std::count(handoffs.begin(), handoffs.end(), NodeId(nodes[7].id())));
    seen_first.insert(handoffs[0]);
  }
  EXPECT_EQ(seen_first.size(), 7u);
}

TEST(HandoffOrder, LeavesOutWhoMustNotHoldDataAndPutsThoseThatAreDownLast) {
  v1::ClusterMap proto;
  proto.set_epoch(1);
  *proto.mutable_constants() = Constants(1, 1);
  for (uint64_t id = 1; id <= 8; ++id) *proto.add_nodes() = Node(id);
  v1::PartitionEntry& entry = *proto.add_partitions();
  entry.add_serving(1);
  entry.add_incoming(2);
  entry.add_leaving(3);  // may stand in: it holds copies anyway
  proto.mutable_nodes(3)->set_state(v1::ClusterNode::DRAINING);
  proto.mutable_nodes(4)->set_state(v1::ClusterNode::WAITING);
  const auto before = HandoffOrder(*ClusterMap::FromProto(proto).value(), PartitionId(0));
  EXPECT_THAT(before, ::testing::UnorderedElementsAre(NodeId(3), NodeId(6), NodeId(7), NodeId(8)));
  for (auto& node : *proto.mutable_nodes()) node.set_down(NodeId(node.id()) == before[0]);
  const auto after = HandoffOrder(*ClusterMap::FromProto(proto).value(), PartitionId(0));
  EXPECT_THAT(after, ::testing::ElementsAre(before[1], before[2], before[3], before[0]));
}

}  // namespace
}  // namespace trebol
