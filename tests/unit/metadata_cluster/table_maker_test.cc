#include "metadata/cluster/table_maker.h"

#include "common/cluster/placement.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

v1::ClusterMap MapOf(int nodes) {
  v1::ClusterMap map;
  map.set_cluster_id("cluster");
  map.set_generation(1);
  map.set_epoch(4);
  map.mutable_constants()->set_partitions(16);
  map.mutable_constants()->set_copies(3);
  map.mutable_constants()->set_write_quorum(2);
  map.mutable_constants()->set_initial_nodes(3);
  for (int i = 1; i <= nodes; ++i) {
    v1::ClusterNode& node = *map.add_nodes();
    node.set_id(static_cast<uint64_t>(i));
    node.set_endpoint("127.0.0.1:" + std::to_string(i));
    node.set_weight(1);
    node.set_state(v1::ClusterNode::WAITING);
  }
  return map;
}

absl::flat_hash_set<NodeId> Live(const v1::ClusterMap& map) {
  absl::flat_hash_set<NodeId> live;
  for (const v1::ClusterNode& node : map.nodes()) live.insert(NodeId(node.id()));
  return live;
}

TEST(TableMaker, WaitsForTheDeclaredNodes) {
  const TableMaker maker(PlanFirstTable);
  EXPECT_FALSE(maker.Propose(MapOf(2), Live(MapOf(2)))->has_value());
}

TEST(TableMaker, MakesTheFirstTableOfAllThatJoined) {
  const TableMaker maker(PlanFirstTable);
  const auto proposed = maker.Propose(MapOf(3), Live(MapOf(3)));
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  ASSERT_TRUE(proposed->has_value());
  EXPECT_EQ((*proposed)->expected_epoch(), 4u);
  const v1::ClusterMap& map = (*proposed)->map();
  EXPECT_EQ(map.epoch(), 5u);
  ASSERT_EQ(map.partitions_size(), 16);
  for (const v1::PartitionEntry& entry : map.partitions()) {
    EXPECT_EQ(entry.serving_size(), 3);
    EXPECT_EQ(entry.epoch(), 5u);
  }
  for (const v1::ClusterNode& node : map.nodes()) EXPECT_EQ(node.state(), v1::ClusterNode::ACTIVE);
}

TEST(TableMaker, LeavesOutNodesThatAreGone) {
  const TableMaker maker(PlanFirstTable);
  v1::ClusterMap four = MapOf(4);
  absl::flat_hash_set<NodeId> live = Live(four);
  live.erase(NodeId(2));
  const auto proposed = maker.Propose(four, live);
  ASSERT_TRUE(proposed.ok() && proposed->has_value()) << proposed.status();
  const v1::ClusterMap& map = (*proposed)->map();
  EXPECT_EQ(map.nodes(1).state(), v1::ClusterNode::WAITING);
  EXPECT_EQ(map.nodes(3).state(), v1::ClusterNode::ACTIVE);
  for (const v1::PartitionEntry& entry : map.partitions()) {
    for (const uint64_t node : entry.serving()) EXPECT_NE(node, 2u);
  }
  four.mutable_nodes(0)->set_state(v1::ClusterNode::OUT);
  EXPECT_FALSE(maker.Propose(four, live)->has_value());
}

TEST(TableMaker, LeavesATableAlone) {
  const TableMaker maker(PlanFirstTable);
  v1::ClusterMap map = (*maker.Propose(MapOf(3), Live(MapOf(3))))->map();
  *map.add_nodes() = MapOf(4).nodes(3);
  EXPECT_FALSE(maker.Propose(map, Live(map))->has_value());
}

TEST(TableMaker, InstallsNothingThatContradictsItself) {
  const TableMaker maker(
      [](const std::vector<v1::ClusterNode>&,
         const v1::ClusterConstants&) -> absl::StatusOr<std::vector<ReplicaSet>> {
        return std::vector<ReplicaSet>(1);
      });
  EXPECT_FALSE(maker.Propose(MapOf(3), Live(MapOf(3))).ok());
}

}  // namespace
}  // namespace trebol
