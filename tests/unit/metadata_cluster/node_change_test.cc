#include "metadata/cluster/node_change.h"

#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "metadata/cluster/map_keeper.h"
#include "metadata/cluster/node_names.h"
#include "tests/unit/metadata_cluster/watched_cluster.h"

namespace trebol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint32_t kPartitions = 64;
constexpr uint64_t kPartitionSize = 10 * kMiB;

class NodeChangeTest : public ::testing::Test {
 protected:
  NodeChangeTest() { BeatWithFill(); }

  /// Every partition is of one size; disks are large.
  void BeatWithFill() {
    for (const auto& node : cluster_.proto().nodes()) {
      v1::HeartbeatRequest& says = cluster_.Says(node.id());
      says.set_chunk_bytes(cluster_.Named(node.id()) * kPartitionSize);
      if (says.capacity_bytes() == 0) says.set_capacity_bytes(100 * kGiB);
      says.set_free_bytes(says.capacity_bytes() - says.chunk_bytes());
    }
    cluster_.Beat();
  }
  v1::ClusterNode& Join(uint64_t id, const std::string& zone = "") {
    v1::ClusterNode& node = cluster_.AddNode(id, v1::ClusterNode::WAITING, zone);
    BeatWithFill();
    return node;
  }
  void Die(uint64_t node) {
    cluster_.Silence(node);
    cluster_.Node(node).set_down(true);
  }
  static v1::NodeChange Change(v1::NodeChange::Verb verb, const std::vector<std::string>& nodes) {
    v1::NodeChange change;
    change.set_verb(verb);
    for (const std::string& node : nodes) change.add_nodes(node);
    return change;
  }
  absl::StatusOr<PlannedNodeChange> Try(const v1::NodeChange& change) {
    return PlanNodeChange(change, *cluster_.map(), cluster_.monitor(), cluster_.clock().Now());
  }
  PlannedNodeChange Plan(const v1::NodeChange& change) {
    auto planned = Try(change);
    EXPECT_TRUE(planned.ok()) << planned.status();
    return planned.value_or(PlannedNodeChange());
  }
  PlannedNodeChange Plan(v1::NodeChange::Verb verb, const std::string& node) {
    return Plan(Change(verb, {node}));
  }
  void Apply(const PlannedNodeChange& planned) {
    ASSERT_THAT(planned.plan.refusals(), IsEmpty());
    for (const auto& command : InCommands(*cluster_.map(), planned.nodes, planned.sets)) {
      cluster_.Apply(command);
    }
  }
  static std::string Refusals(const PlannedNodeChange& planned) {
    return absl::StrJoin(planned.plan.refusals(), "\n");
  }
  static std::string Notes(const PlannedNodeChange& planned) {
    return absl::StrJoin(planned.plan.notes(), "\n");
  }
  const v1::NodeChangePlan::Node& Of(const PlannedNodeChange& planned, uint64_t id) {
    return *std::ranges::find_if(planned.plan.nodes(),
                                 [id](const auto& node) { return node.node().id() == id; });
  }
  int Members(uint64_t id) {
    const auto map = cluster_.map();
    return std::ranges::count_if(map->table(), [id](const ReplicaSet& set) {
      return std::ranges::count(MembersOf(set), NodeId(id)) > 0;
    });
  }

  WatchedCluster cluster_{5, kPartitions};
};

TEST_F(NodeChangeTest, NodesAreNamedByIdByItsBeginningOrByEndpoint) {
  cluster_.AddNode(6).set_id(0xabcdef0000000001);
  v1::ClusterNode& other = cluster_.AddNode(7);
  other.set_id(0xabc0000000000001);
  other.set_endpoint("10.0.0.1:9200");
  const v1::ClusterMap& map = cluster_.proto();
  EXPECT_EQ(FindNamedNode(map, "0000000000000002")->id(), 2u);
  EXPECT_EQ(FindNamedNode(map, "ABCD")->id(), 0xabcdef0000000001);
  EXPECT_EQ(FindNamedNode(map, "10.0.0.3:9200")->id(), 3u);
  EXPECT_THAT(std::string(FindNamedNode(map, "abc").status().message()),
              HasSubstr("may be any of 2"));
  EXPECT_EQ(ReasonOf(FindNamedNode(map, "dead").status()), v1::NODE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(FindNamedNode(map, "").status()), v1::NODE_NOT_FOUND);
  // A new node took the place of one that is OUT.
  EXPECT_FALSE(FindNamedNode(map, "10.0.0.1:9200").ok());
  cluster_.Node(1).set_state(v1::ClusterNode::OUT);
  EXPECT_EQ(FindNamedNode(map, "10.0.0.1:9200")->id(), 0xabc0000000000001);
}

TEST_F(NodeChangeTest, WhatNamesNothingIsRefused) {
  EXPECT_EQ(Try(Change(v1::NodeChange::DRAIN, {})).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Try(Change(v1::NodeChange::VERB_UNSPECIFIED, {"1"})).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Try(Change(v1::NodeChange::VERB_UNSPECIFIED, {"0000000000000001"})).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(NodeChangeTest, AddTakesAWaitingNodeInWithTheFewestMoves) {
  Join(6);
  const PlannedNodeChange planned = Plan(v1::NodeChange::ADD, "10.0.0.6:9200");
  EXPECT_EQ(Refusals(planned), "");
  EXPECT_FALSE(planned.plan.changes_nothing());
  const uint32_t share = kPartitions * 3 / 6;
  EXPECT_EQ(planned.plan.moved_copies(), share);
  EXPECT_EQ(planned.plan.moved_bytes(), share * kPartitionSize);
  EXPECT_GT(planned.plan.seconds(), 0);
  EXPECT_EQ(Of(planned, 6).partitions_before(), 0u);
  EXPECT_EQ(Of(planned, 6).partitions_after(), share);
  EXPECT_EQ(Of(planned, 6).bytes_after(), share * kPartitionSize);
  EXPECT_EQ(Of(planned, 1).bytes_after(), Of(planned, 1).partitions_after() * kPartitionSize);
  Apply(planned);
  EXPECT_EQ(cluster_.Node(6).state(), v1::ClusterNode::ACTIVE);
  EXPECT_EQ(Members(6), static_cast<int>(share));
  EXPECT_TRUE(Plan(v1::NodeChange::ADD, "10.0.0.6:9200").plan.changes_nothing());
}

TEST_F(NodeChangeTest, ThePlansTimeIsThatOfTheSlowestNode) {
  Join(6);
  const double usual = Plan(v1::NodeChange::ADD, "10.0.0.6:9200").plan.seconds();
  cluster_.Says(6).set_repair_rate(1000);
  cluster_.Beat();
  const v1::NodeChangePlan plan = Plan(v1::NodeChange::ADD, "10.0.0.6:9200").plan;
  EXPECT_GT(plan.seconds(), usual);
  EXPECT_NEAR(plan.seconds(), static_cast<double>(plan.moved_bytes()) / 1000, 1);
}

TEST_F(NodeChangeTest, AddTakesAllThatWaitAndCanBeReached) {
  Join(6);
  Join(7);
  Join(8);
  Die(8);
  v1::NodeChange change = Change(v1::NodeChange::ADD, {});
  change.set_all_waiting(true);
  Apply(Plan(change));
  EXPECT_EQ(cluster_.Node(6).state(), v1::ClusterNode::ACTIVE);
  EXPECT_EQ(cluster_.Node(7).state(), v1::ClusterNode::ACTIVE);
  EXPECT_EQ(cluster_.Node(8).state(), v1::ClusterNode::WAITING);
  EXPECT_TRUE(Plan(change).plan.changes_nothing());
}

TEST_F(NodeChangeTest, AddRefusesWhoIsAwayOrOut) {
  Join(6);
  Die(6);
  EXPECT_THAT(Refusals(Plan(v1::NodeChange::ADD, "10.0.0.6:9200")),
              HasSubstr("cannot be reached; start it"));
  cluster_.Node(6).set_state(v1::ClusterNode::OUT);
  EXPECT_THAT(Refusals(Plan(v1::NodeChange::ADD, "10.0.0.6:9200")),
              HasSubstr("empty its directory"));
}

TEST_F(NodeChangeTest, DrainGivesAllAwayAndAddEndsIt) {
  const int held = Members(2);
  const PlannedNodeChange planned = Plan(v1::NodeChange::DRAIN, "10.0.0.2:9200");
  EXPECT_EQ(Of(planned, 2).partitions_after(), 0u);
  EXPECT_EQ(planned.plan.moved_copies(), static_cast<uint32_t>(held));
  Apply(planned);
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::DRAINING);
  EXPECT_FALSE(cluster_.Node(2).removed());
  EXPECT_EQ(Members(2), 0);
  EXPECT_EQ(cluster_.Named(2), held) << "readers may need it";
  EXPECT_TRUE(Plan(v1::NodeChange::DRAIN, "10.0.0.2:9200").plan.changes_nothing());

  Apply(Plan(v1::NodeChange::ADD, "10.0.0.2:9200"));
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::ACTIVE);
  EXPECT_NEAR(Members(2), held, 1);  // of 38.4
}

TEST_F(NodeChangeTest, DrainRefusesWhatWouldLeaveTooFewNodes) {
  const PlannedNodeChange planned =
      Plan(Change(v1::NodeChange::DRAIN, {"10.0.0.1:9200", "10.0.0.2:9200", "10.0.0.3:9200"}));
  EXPECT_THAT(Refusals(planned), HasSubstr("only 2 nodes would be left for 3 copies"));
  Apply(Plan(Change(v1::NodeChange::DRAIN, {"10.0.0.1:9200", "10.0.0.2:9200"})));
}

TEST_F(NodeChangeTest, DrainRefusesWhatWouldLeaveTooFewZones) {
  for (uint64_t id = 1; id <= 5; ++id) cluster_.Node(id).set_zone(id < 4 ? "a" : absl::StrCat(id));
  EXPECT_THAT(Refusals(Plan(v1::NodeChange::DRAIN, "10.0.0.5:9200")),
              HasSubstr("in 3 zones now, and only 2 would be left"));
  EXPECT_EQ(Refusals(Plan(v1::NodeChange::DRAIN, "10.0.0.1:9200")), "");
}

TEST_F(NodeChangeTest, RefusesWhatWouldFillADiskTooFar) {
  cluster_.Says(4).set_capacity_bytes(cluster_.Says(4).chunk_bytes() * 10 / 8);
  BeatWithFill();
  const PlannedNodeChange planned = Plan(v1::NodeChange::DRAIN, "10.0.0.2:9200");
  EXPECT_THAT(Refusals(planned), HasSubstr("(10.0.0.4:9200) would be "));
  EXPECT_THAT(Refusals(planned), HasSubstr("more than 85 %"));
  EXPECT_EQ(planned.plan.refusals_size(), 1);
}

TEST_F(NodeChangeTest, DrainOfANodeThatIsDownIsRefusedWithTheWayOut) {
  Die(2);
  EXPECT_THAT(Refusals(Plan(v1::NodeChange::DRAIN, "10.0.0.2:9200")), HasSubstr("or remove it"));
}

TEST_F(NodeChangeTest, RemoveDrainsWhoIsUp) {
  Apply(Plan(v1::NodeChange::REMOVE, "10.0.0.2:9200"));
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::DRAINING);
  EXPECT_TRUE(cluster_.Node(2).removed());
  EXPECT_TRUE(Plan(v1::NodeChange::REMOVE, "10.0.0.2:9200").plan.changes_nothing());
}

TEST_F(NodeChangeTest, RemoveOfWhoIsDownIsOutAtOnceAndRepairBegins) {
  Die(2);
  const PlannedNodeChange planned = Plan(v1::NodeChange::REMOVE, "10.0.0.2:9200");
  EXPECT_THAT(Notes(planned), HasSubstr("can never come back"));
  Apply(planned);
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::OUT);
  EXPECT_EQ(cluster_.Named(2), 0);
  EXPECT_TRUE(Plan(v1::NodeChange::REMOVE, "10.0.0.2:9200").plan.changes_nothing());
}

TEST_F(NodeChangeTest, RemoveKeepsWhatMayBeTheLastCopies) {
  v1::PartitionEntry& entry = *cluster_.proto().mutable_partitions(7);
  entry.clear_serving();
  entry.add_serving(2);
  entry.add_serving(3);
  entry.add_incoming(4);
  Die(2);
  Die(3);
  EXPECT_THAT(Refusals(Plan(v1::NodeChange::REMOVE, "10.0.0.2:9200")),
              HasSubstr("may have the last good copies: of 1 of its partitions"));
  cluster_.Revive(3);
  cluster_.Node(3).set_down(false);
  BeatWithFill();
  EXPECT_EQ(Refusals(Plan(v1::NodeChange::REMOVE, "10.0.0.2:9200")), "");
}

TEST_F(NodeChangeTest, RemoveConfirmsThatANodeIsGone) {
  cluster_.Node(2).set_state(v1::ClusterNode::OUT);
  const PlannedNodeChange planned = Plan(v1::NodeChange::REMOVE, "0000000000000002");
  EXPECT_FALSE(planned.plan.changes_nothing());
  EXPECT_THAT(planned.sets, IsEmpty());
  ASSERT_EQ(planned.nodes.size(), 1u);
  EXPECT_TRUE(planned.nodes[0].removed());
}

TEST_F(NodeChangeTest, RemoveOfAWaitingNodeMovesNothing) {
  Join(6);
  const PlannedNodeChange planned = Plan(v1::NodeChange::REMOVE, "10.0.0.6:9200");
  EXPECT_EQ(planned.plan.moved_copies(), 0u);
  Apply(planned);
  EXPECT_EQ(cluster_.Node(6).state(), v1::ClusterNode::OUT);
}

TEST_F(NodeChangeTest, ReplaceGivesExactlyThePartitionsToTheNewNode) {
  Join(6);
  v1::NodeChange change = Change(v1::NodeChange::REPLACE, {"10.0.0.2:9200"});
  change.set_replacement("10.0.0.6:9200");
  const int held = Members(2);
  const auto before = cluster_.map();
  const PlannedNodeChange planned = Plan(change);
  EXPECT_EQ(planned.plan.moved_copies(), static_cast<uint32_t>(held));
  Apply(planned);
  const auto after = cluster_.map();
  for (size_t p = 0; p < kPartitions; ++p) {
    std::vector<NodeId> expected = MembersOf(before->table()[p]);
    std::ranges::replace(expected, NodeId(2), NodeId(6));
    EXPECT_THAT(MembersOf(after->table()[p]), ::testing::UnorderedElementsAreArray(expected));
  }
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::DRAINING);
  EXPECT_TRUE(cluster_.Node(2).removed());
  EXPECT_EQ(cluster_.Node(6).state(), v1::ClusterNode::ACTIVE);
  EXPECT_TRUE(Plan(change).plan.changes_nothing());
}

TEST_F(NodeChangeTest, ReplaceOfADeadNodeWorksWithAsManyNodesAsCopies) {
  WatchedCluster three(3, kPartitions);
  three.AddNode(4);
  three.Silence(2);
  three.Beat();
  v1::NodeChange change = Change(v1::NodeChange::REPLACE, {"10.0.0.2:9200"});
  change.set_replacement("10.0.0.4:9200");
  const auto planned =
      PlanNodeChange(change, *three.map(), three.monitor(), three.clock().Now()).value();
  EXPECT_EQ(Refusals(planned), "");
  for (const auto& command : InCommands(*three.map(), planned.nodes, planned.sets)) {
    three.Apply(command);
  }
  EXPECT_EQ(three.Node(2).state(), v1::ClusterNode::OUT);
  EXPECT_EQ(three.Named(2), 0);
  EXPECT_EQ(three.Named(4), static_cast<int>(kPartitions));
}

TEST_F(NodeChangeTest, ReplaceRefusesWhatFitsNot) {
  v1::NodeChange change = Change(v1::NodeChange::REPLACE, {"10.0.0.2:9200"});
  change.set_replacement("10.0.0.3:9200");
  EXPECT_THAT(Refusals(Plan(change)), HasSubstr("does not wait"));
  change.set_replacement("10.0.0.2:9200");
  EXPECT_EQ(Try(change).status().code(), absl::StatusCode::kInvalidArgument);
  // Zones: the new node stands where others do.
  for (uint64_t id = 1; id <= 5; ++id) cluster_.Node(id).set_zone(id < 4 ? "a" : absl::StrCat(id));
  Join(6, "a");
  change = Change(v1::NodeChange::REPLACE, {"10.0.0.5:9200"});
  change.set_replacement("10.0.0.6:9200");
  EXPECT_THAT(Refusals(Plan(change)), HasSubstr("is in zone 'a', where "));
}

TEST_F(NodeChangeTest, SaysWhoElseIsAway) {
  Join(6);
  Die(3);
  EXPECT_THAT(Notes(Plan(v1::NodeChange::ADD, "10.0.0.6:9200")),
              HasSubstr("(10.0.0.3:9200) is down: what it shares moves on when it is back"));
}

}  // namespace
}  // namespace trebol
