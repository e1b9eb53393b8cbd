#include "common/cluster/write_quorum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

class WriteQuorumTest : public ::testing::Test {
 protected:
  /// Partition i of 5 is served by nodes i + 1, i + 2 and i + 3, modulo 5; two are enough.
  WriteQuorumTest() {
    map_.set_epoch(3);
    map_.mutable_constants()->set_partitions(4);
    map_.mutable_constants()->set_copies(3);
    map_.mutable_constants()->set_write_quorum(2);
    for (uint64_t id = 1; id <= 5; ++id) {
      v1::ClusterNode& node = *map_.add_nodes();
      node.set_id(id);
      node.set_endpoint(absl::StrCat("node-", id));
      node.set_state(v1::ClusterNode::ACTIVE);
    }
    for (uint32_t i = 0; i < 4; ++i) {
      v1::PartitionEntry& entry = *map_.add_partitions();
      entry.set_partition(i);
      for (uint64_t id = i; id < i + 3; ++id) entry.add_serving(id % 5 + 1);
    }
  }
  void Down(uint64_t id) { map_.mutable_nodes(static_cast<int>(id) - 1)->set_down(true); }
  std::string Why(std::optional<NodeId> without = std::nullopt) {
    return WhyNoWrites(**ClusterMap::FromProto(map_), without);
  }

  v1::ClusterMap map_;
};

TEST_F(WriteQuorumTest, AllTakeWritesWhileOneOfEachIsAway) {
  EXPECT_EQ(Why(), "");
  for (uint64_t id = 1; id <= 5; ++id) EXPECT_EQ(Why(NodeId(id)), "") << id;
  Down(3);
  EXPECT_EQ(Why(), "");
  EXPECT_EQ(Why(NodeId(3)), "") << "it is away already";
}

TEST_F(WriteQuorumTest, SaysHowManyPartitionsTakeNoneAndWhoIsAway) {
  Down(2);
  Down(3);  // 1: 1 2 3, 2: 2 3 4 have one member left
  EXPECT_EQ(Why(),
            "2 of 4 partitions have fewer than 2 members up and take no writes; away: node-2, "
            "node-3");
}

TEST_F(WriteQuorumTest, ANodeIsNeededWhereTooFewOthersAreUp) {
  Down(3);
  // 1: 1 2 3, 2: 2 3 4, 3: 3 4 5 would have one member left without one of theirs.
  EXPECT_EQ(Why(NodeId(4)),
            "without this node 2 of 4 partitions would have fewer than 2 members up and take no "
            "writes; away: node-3");
  EXPECT_NE(Why(NodeId(1)), "");
  // Of 4: 4 5 1 two are left.
  map_.mutable_partitions(2)->mutable_serving()->Set(0, 1);  // 3: 1 4 5
  EXPECT_EQ(Why(NodeId(5)), "");
}

TEST_F(WriteQuorumTest, OnlyItsOwnPartitionsAreAboutANode) {
  Down(1);
  Down(2);  // 1: 1 2 3 takes none, whoever goes
  EXPECT_NE(Why(), "");
  v1::ClusterNode& waiting = *map_.add_nodes();
  waiting.set_id(9);
  waiting.set_state(v1::ClusterNode::WAITING);
  EXPECT_EQ(Why(NodeId(9)), "") << "it is a member of none";
  EXPECT_EQ(Why(NodeId(77)), "") << "nobody knows it";
  EXPECT_NE(Why(NodeId(3)), "");
}

TEST_F(WriteQuorumTest, IncomingMembersCountAndLeavingOnesDoNot) {
  v1::PartitionEntry& entry = *map_.mutable_partitions(0);
  entry.clear_serving();
  entry.add_serving(1);
  entry.add_leaving(2);
  EXPECT_THAT(Why(), HasSubstr("1 of 4 partitions"));
  entry.add_incoming(3);
  EXPECT_EQ(Why(), "");
  map_.mutable_nodes(2)->set_state(v1::ClusterNode::OUT);
  EXPECT_THAT(Why(), HasSubstr("away: node-3"));
}

TEST_F(WriteQuorumTest, TheOnlyCopyIsAlwaysNeeded) {
  map_.mutable_constants()->set_copies(1);
  map_.mutable_constants()->set_write_quorum(1);
  map_.mutable_constants()->set_partitions(1);
  map_.mutable_partitions()->DeleteSubrange(1, 3);
  map_.mutable_partitions(0)->clear_serving();
  map_.mutable_partitions(0)->add_serving(1);
  EXPECT_EQ(Why(), "");
  EXPECT_EQ(Why(NodeId(1)),
            "without this node 1 of 1 partition would have fewer than 1 member up and take no "
            "writes");
}

TEST_F(WriteQuorumTest, WithoutATableNothingIsTaken) {
  map_.clear_partitions();
  EXPECT_THAT(Why(), HasSubstr("the cluster is forming"));
  EXPECT_THAT(Why(NodeId(1)), HasSubstr("the cluster is forming"));
}

TEST_F(WriteQuorumTest, ManyNodesThatAreAwayAreNotAllNamed) {
  for (uint64_t id = 10; id < 20; ++id) {
    v1::ClusterNode& node = *map_.add_nodes();
    node.set_id(id);
    node.set_down(true);
    map_.mutable_partitions(0)->add_serving(id);
  }
  Down(1);
  Down(2);
  EXPECT_THAT(Why(), HasSubstr("node-1, node-2, 000000000000000a, 000000000000000b, "
                               "000000000000000c and 7 more"));
}

}  // namespace
}  // namespace trebol
