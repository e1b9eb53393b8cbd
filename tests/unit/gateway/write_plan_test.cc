#include "gateway/replication/write_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/cluster/placement.h"
#include "tests/testing/gateway_rig.h"

namespace trebol {
namespace {

using testing::ElementsAre;

class WritePlanTest : public testing::Test {
 protected:
  static constexpr PartitionId kPartition = PartitionId(0);

  /// Under a newer map each time, so that what it says is learnt.
  WritePlan Plan() {
    proto_.set_epoch(proto_.epoch() + 1);
    auto map = *ClusterMap::FromProto(proto_);
    order_ = HandoffOrder(*map, kPartition);
    return WritePlan(map, kPartition, nodes_);
  }
  v1::ClusterNode* Node(uint64_t id) { return proto_.mutable_nodes(static_cast<int>(id) - 1); }
  void Break(uint64_t node) {
    for (int i = 0; i < 5; ++i) {
      nodes_->End(nodes_->Begin(NodeId(node), NodeHealth::Kind::kPut, 1),
                  NodeHealth::Result::kUnreachable);
    }
  }
  static std::vector<uint64_t> Nodes(const std::vector<WritePlan::Target>& targets) {
    std::vector<uint64_t> nodes;
    for (const auto& target : targets) nodes.push_back(target.node.value);
    return nodes;
  }

  ManualClock clock_;
  std::shared_ptr<NodeHealth> nodes_ = std::make_shared<NodeHealth>(clock_, 1);
  v1::ClusterMap proto_ = GatewayRig::MapAt(1, 5);
  std::vector<NodeId> order_;  // of handoffs
};

TEST_F(WritePlanTest, SendsToAllMembersIncomingOnesToo) {
  proto_.mutable_partitions(0)->add_incoming(4);
  proto_.mutable_partitions(0)->add_leaving(5);
  const WritePlan plan = Plan();
  EXPECT_THAT(Nodes(plan.first()), ElementsAre(1, 2, 3, 4));
  for (const auto& target : plan.first()) EXPECT_EQ(target.hint_for, NodeId());
  EXPECT_FALSE(plan.degraded());
}

TEST_F(WritePlanTest, ReplacesAMemberThatIsDownByTheNextOfTheHandoffOrder) {
  Node(2)->set_down(true);
  const WritePlan plan = Plan();
  EXPECT_THAT(Nodes(plan.first()), ElementsAre(1, 3, order_[0].value));
  EXPECT_EQ(plan.first()[2].hint_for, NodeId(2));
  EXPECT_FALSE(plan.degraded());
}

TEST_F(WritePlanTest, ReplacesAMemberWhoseBreakerIsOpen) {
  Plan();
  Break(3);
  const WritePlan plan = Plan();
  EXPECT_THAT(Nodes(plan.first()), ElementsAre(1, 2, order_[0].value));
  EXPECT_EQ(plan.first()[2].hint_for, NodeId(3));
}

TEST_F(WritePlanTest, PrefersAHandoffThatAddsAZone) {
  Plan();
  ASSERT_EQ(order_.size(), 2u);
  for (uint64_t id = 1; id <= 5; ++id) Node(id)->set_zone("a");
  Node(3)->set_zone("b");
  Node(3)->set_down(true);
  Node(order_[1].value)->set_zone("b");
  const WritePlan plan = Plan();
  EXPECT_THAT(Nodes(plan.first()), ElementsAre(1, 2, order_[1].value));
}

TEST_F(WritePlanTest, TakesNoHandoffThatIsDownOrBroken) {
  Plan();
  ASSERT_EQ(order_.size(), 2u);
  const uint64_t down = order_[0].value;
  const uint64_t broken = order_[1].value;
  Node(1)->set_down(true);
  Node(down)->set_down(true);
  EXPECT_THAT(Nodes(Plan().first()), ElementsAre(2, 3, broken));
  Break(broken);
  WritePlan plan = Plan();
  EXPECT_THAT(Nodes(plan.first()), ElementsAre(2, 3));
  EXPECT_TRUE(plan.degraded());
}

TEST_F(WritePlanTest, AsksALikelyHandoffBeforeOneThatFailedLately) {
  Plan();
  Node(1)->set_down(true);
  nodes_->Failed(order_[0]);
  EXPECT_THAT(Nodes(Plan().first()), ElementsAre(2, 3, order_[1].value));
}

TEST_F(WritePlanTest, LeavesOutAMemberThatNobodyStandsInFor) {
  proto_ = GatewayRig::MapAt(1, 3);
  Plan();
  Break(1);
  WritePlan plan = Plan();
  EXPECT_THAT(Nodes(plan.first()), ElementsAre(2, 3));
  EXPECT_TRUE(plan.degraded());
  const auto spare = plan.Spare(plan.first()[0]);
  ASSERT_TRUE(spare.has_value()) << "better than a failed write";
  EXPECT_EQ(spare->node, NodeId(1));
  EXPECT_EQ(spare->hint_for, NodeId());
  EXPECT_FALSE(spare->likely);
  EXPECT_FALSE(plan.Spare(plan.first()[1]).has_value());
}

TEST_F(WritePlanTest, SendsToAllWhenFewerThanWAreUsable) {
  proto_ = GatewayRig::MapAt(1, 3);
  Node(1)->set_down(true);
  Node(2)->set_down(true);
  const WritePlan plan = Plan();
  EXPECT_THAT(Nodes(plan.first()), ElementsAre(3, 1, 2));
  EXPECT_TRUE(plan.first()[0].likely);
  EXPECT_FALSE(plan.first()[1].likely);
}

TEST_F(WritePlanTest, SparesAreHandoffsThatHintForTheMemberAndAreNamedOnce) {
  WritePlan plan = Plan();
  const auto first = plan.Spare(plan.first()[0]);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->node, order_[0]);
  EXPECT_EQ(first->hint_for, NodeId(1));
  const auto second = plan.Spare(*first);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->node, order_[1]);
  EXPECT_EQ(second->hint_for, NodeId(1)) << "of the member, not of its stand-in";
  EXPECT_FALSE(plan.Spare(*second).has_value());
}

}  // namespace
}  // namespace trebol
