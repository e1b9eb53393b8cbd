#include "common/cluster/map_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/cluster/placement.h"

namespace trebol {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Nodes = std::vector<v1::ClusterNode>;

NodeId N(uint64_t id) { return NodeId(id); }

v1::ClusterNode Node(uint64_t id, const std::string& zone = "") {
  v1::ClusterNode node;
  node.set_id(id);
  node.set_zone(zone);
  node.set_weight(1);
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

TEST(WithMembers, LetsNewOnesInAndOldOnesLeave) {
  const ReplicaSet set{.partition = PartitionId(5), .epoch = Epoch(9), .serving = {N(3), N(1)}};
  const ReplicaSet next = WithMembers(set, {N(1), N(4)}, {});
  EXPECT_EQ(next.partition, PartitionId(5));
  EXPECT_EQ(next.epoch, Epoch());
  EXPECT_THAT(next.serving, ElementsAre(N(1)));
  EXPECT_THAT(next.incoming, ElementsAre(N(4)));
  EXPECT_THAT(next.leaving, ElementsAre(N(3)));
}

TEST(WithMembers, ExpectsNothingOfWhoIsOut) {
  const ReplicaSet set{.serving = {N(1), N(2)}, .incoming = {N(3)}, .leaving = {N(4), N(5)}};
  const ReplicaSet next = WithMembers(set, {N(6), N(7)}, {N(2), N(3), N(4)});
  EXPECT_THAT(next.serving, IsEmpty());
  EXPECT_THAT(next.incoming, ElementsAre(N(6), N(7)));
  EXPECT_THAT(next.leaving, UnorderedElementsAre(N(5), N(1)));
}

TEST(WithMembers, KeepsMovesUnderWayAndTurnsThemRound) {
  const ReplicaSet set{.serving = {N(1), N(2)}, .incoming = {N(3)}, .leaving = {N(4)}};
  // 3 goes on coming in; the leaving node is wanted again, and copies what it missed.
  const ReplicaSet next = WithMembers(set, {N(4), N(1), N(3)}, {});
  EXPECT_THAT(next.serving, ElementsAre(N(1)));
  EXPECT_THAT(next.incoming, UnorderedElementsAre(N(3), N(4)));
  EXPECT_THAT(next.leaving, ElementsAre(N(2)));
}

TEST(PlanMoves, ChangesNothingWhereNothingMoves) {
  const Nodes nodes = {Node(1), Node(2), Node(3), Node(4)};
  const auto table = PlanFirstTable(nodes, Constants(64, 3)).value();
  EXPECT_THAT(PlanMoves(table, nodes, Constants(64, 3)).value(), IsEmpty());
}

TEST(PlanMoves, RepairsTheMostEndangeredFirst) {
  Nodes nodes;
  for (uint64_t id = 1; id <= 6; ++id) nodes.push_back(Node(id));
  const auto table = PlanFirstTable(nodes, Constants(256, 3)).value();
  nodes[0].set_state(v1::ClusterNode::OUT);
  nodes[1].set_down(true);
  const auto moves = PlanMoves(table, nodes, Constants(256, 3)).value();
  ASSERT_GE(moves.size(), 128u);
  size_t before = 0;
  std::set<size_t> seen;
  for (const ReplicaSet& set : moves) {
    EXPECT_FALSE(std::ranges::count(MembersOf(set), N(1)) + std::ranges::count(set.leaving, N(1)));
    const auto& had = table[set.partition.value].serving;
    const size_t good = std::ranges::count_if(
        had, [](NodeId node) { return node != NodeId(1) && node != NodeId(2); });
    EXPECT_GE(good, before);
    before = good;
    seen.insert(good);
  }
  EXPECT_GT(seen.size(), 1u);
}

TEST(LastHeldBy, NamesWhatNobodyElseWithinReachServes) {
  const std::vector<ReplicaSet> table = {
      {.partition = PartitionId(0), .serving = {N(1), N(2)}},
      {.partition = PartitionId(1), .serving = {N(1), N(3)}},
      {.partition = PartitionId(2), .incoming = {N(3)}, .leaving = {N(1)}},
      {.partition = PartitionId(3), .serving = {N(3)}, .leaving = {N(1)}},
      {.partition = PartitionId(4), .serving = {N(2)}, .incoming = {N(1)}},
  };
  EXPECT_THAT(LastHeldBy(N(1), table, {N(1), N(3)}),
              ElementsAre(PartitionId(0), PartitionId(2), PartitionId(4)));
  EXPECT_THAT(LastHeldBy(N(3), table, {N(1), N(2)}), ElementsAre(PartitionId(2), PartitionId(3)));
}

class FinishMovesTest : public ::testing::Test {
 protected:
  FinishMovesTest() {
    map_.set_epoch(10);
    *map_.mutable_constants() = Constants(2, 3);
    for (uint64_t id = 1; id <= 5; ++id) *map_.add_nodes() = Node(id);
    for (uint32_t p = 0; p < 2; ++p) {
      v1::PartitionEntry& entry = *map_.add_partitions();
      entry.set_partition(p);
      entry.set_epoch(7 + p);
      for (uint64_t id : {1, 2}) entry.add_serving(id);
      entry.add_incoming(3);
      entry.add_leaving(4);
    }
  }
  std::vector<ReplicaSet> Finish() {
    return FinishMoves(*ClusterMap::FromProto(map_).value(), reports_);
  }
  void Complete(uint64_t node, uint32_t partition, uint64_t epoch) {
    auto& complete = *reports_[N(node)].add_complete();
    complete.set_partition(partition);
    complete.set_epoch(epoch);
  }

  v1::ClusterMap map_;
  absl::flat_hash_map<NodeId, v1::HeartbeatRequest> reports_;
};

TEST_F(FinishMovesTest, WaitsForWordOfNodes) { EXPECT_THAT(Finish(), IsEmpty()); }

TEST_F(FinishMovesTest, TakesAnIncomingNodeThatIsCompleteAtTheEpoch) {
  Complete(3, 0, 6);  // of an older entry
  Complete(3, 1, 8);
  Complete(4, 0, 7);  // no incoming node
  const auto changes = Finish();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].partition, PartitionId(1));
  EXPECT_THAT(changes[0].serving, UnorderedElementsAre(N(1), N(2), N(3)));
  EXPECT_THAT(changes[0].incoming, IsEmpty());
  EXPECT_THAT(changes[0].leaving, ElementsAre(N(4)));
}

TEST_F(FinishMovesTest, StrikesALeavingNodeWithoutStraysUnderAMapAtLeastAsNew) {
  reports_[N(4)].set_stray_epoch(8);
  EXPECT_THAT(Finish(), IsEmpty());  // a member still comes in
  for (auto& entry : *map_.mutable_partitions()) {
    entry.add_serving(3);
    entry.clear_incoming();
  }
  reports_[N(4)].set_stray_epoch(7);
  reports_[N(4)].add_stray_partitions(0);
  EXPECT_THAT(Finish(), IsEmpty());  // strays of one, and of the other it knows too old a map
  reports_[N(4)].set_stray_epoch(8);
  const auto changes = Finish();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].partition, PartitionId(1));
  EXPECT_THAT(changes[0].leaving, IsEmpty());
}

TEST_F(FinishMovesTest, StrikesALeavingNodeThatIsOut) {
  map_.mutable_nodes(3)->set_state(v1::ClusterNode::OUT);
  const auto changes = Finish();
  ASSERT_EQ(changes.size(), 2u);
  for (const ReplicaSet& set : changes) EXPECT_THAT(set.leaving, IsEmpty());
}

TEST_F(FinishMovesTest, OrdersServingNodesAsAFirstTableWould) {
  Complete(3, 0, 7);
  ReplicaSet served = Finish().at(0);
  const auto planned = PlanFirstTable({Node(1), Node(2), Node(3)}, Constants(2, 3)).value();
  EXPECT_EQ(served.serving, planned[0].serving);
}

TEST(PlanMoves, AThousandNodesMoveLittleForOneMore) {
  const v1::ClusterConstants constants = Constants(16'384, 3);
  Nodes nodes;
  std::map<NodeId, std::string> zones;
  for (int n = 0; n < 1001; ++n) {
    nodes.push_back(Node(0x1000 + n * 77, absl::StrCat("z", n % 10)));
    zones[NodeId(nodes.back().id())] = nodes.back().zone();
  }
  const v1::ClusterNode added = nodes.back();
  nodes.pop_back();
  const auto begun = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  };
  auto table = PlanFirstTable(nodes, constants).value();
  RecordProperty("first_table_seconds", absl::StrCat(seconds()));
  const double first = seconds();
  nodes.push_back(added);
  const auto moves = PlanMoves(table, nodes, constants).value();
  std::printf("first table %.1f s, one node more %.1f s\n", first, seconds() - first);

  size_t copied = 0;
  for (const ReplicaSet& set : moves) {
    copied += set.incoming.size();
    table[set.partition.value].serving = MembersOf(set);
  }
  EXPECT_GT(copied, 0u);
  EXPECT_LE(copied, 1.1 * 16'384 * 3 / 1001);
  std::map<NodeId, int> held;
  for (const ReplicaSet& set : table) {
    std::set<std::string> distinct;
    for (const NodeId node : set.serving) {
      ++held[node];
      distinct.insert(zones[node]);
    }
    ASSERT_EQ(distinct.size(), 3u) << "partition " << set.partition.value;
  }
  ASSERT_EQ(held.size(), 1001u);
  for (const auto& [node, count] : held) EXPECT_LE(count, 1.10 * 16'384 * 3 / 1001);
}

TEST(SourcesOf, CountsWhoHoldsAllAndCanBeAsked) {
  v1::ClusterMap proto;
  *proto.mutable_constants() = Constants(4, 3);
  for (uint64_t id = 1; id <= 5; ++id) *proto.add_nodes() = Node(id);
  proto.mutable_nodes(1)->set_down(true);
  proto.mutable_nodes(2)->set_state(v1::ClusterNode::OUT);
  const auto map = ClusterMap::FromProto(proto).value();
  // One that moves is less endangered than one that lost a copy.
  ReplicaSet moves{.serving = {NodeId(1), NodeId(4)}, .incoming = {NodeId(5)}};
  EXPECT_EQ(SourcesOf(moves, *map), 2u);
  EXPECT_EQ(CauseOf(moves, *map), MoveCause::kRepair);
  moves.leaving = {NodeId(3)};
  EXPECT_EQ(SourcesOf(moves, *map), 2u);
  moves.leaving = {NodeId(2)};
  EXPECT_EQ(SourcesOf(moves, *map), 2u);
  moves.leaving = {NodeId(5)};
  moves.incoming = {NodeId(2)};
  EXPECT_EQ(SourcesOf(moves, *map), 3u);
  EXPECT_EQ(CauseOf(moves, *map), MoveCause::kRebalance);
  moves.incoming.clear();
  moves.leaving.clear();
  EXPECT_EQ(CauseOf(moves, *map), MoveCause::kNone);
}

}  // namespace
}  // namespace trebol
