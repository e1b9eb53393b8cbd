#include <gmock/gmock.h>

#include "cli/node_wait.h"
#include "common/base/limits.h"
#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class NodeVerbsTest : public CliTest {
 protected:
  NodeVerbsTest() {
    plan_.set_map_epoch(7);
    plan_.set_moved_partitions(12);
    plan_.set_moved_copies(12);
    plan_.set_moved_bytes(120 * kMiB);
    plan_.set_seconds(65);
    v1::NodeChangePlan::Node& node = *plan_.add_nodes();
    node.mutable_node()->set_id(0xabc);
    node.mutable_node()->set_endpoint("10.0.0.3:9200");
    node.mutable_node()->set_state(v1::ClusterNode::DRAINING);
    node.set_partitions_before(12);
    node.set_bytes_before(120 * kMiB);
    node.set_capacity_bytes(kGiB);
    gateway_.SetPlan(plan_);
  }
  /// Nothing moves any more, under a map that knows the change.
  static v1::ClusterStatus AtRest() {
    v1::ClusterStatus status;
    status.set_health(v1::ClusterStatus::HEALTHY);
    status.set_map_epoch(9);
    v1::NodeStatus& node = *status.add_nodes();
    node.mutable_node()->set_id(0xabc);
    node.mutable_node()->set_state(v1::ClusterNode::DRAINED);
    return status;
  }

  v1::NodeChangePlan plan_;
};

TEST_F(NodeVerbsTest, ThePlanIsShownAndNothingDone) {
  plan_.add_notes("node 4 is down");
  gateway_.SetPlan(plan_);
  EXPECT_EQ(Run({"node", "drain", "--plan", "abc"}), 0);
  EXPECT_THAT(out(), HasSubstr("0000000000000abc  draining  -     10.0.0.3:9200"));
  EXPECT_THAT(out(), HasSubstr("11 %   0 %"));
  EXPECT_THAT(out(), HasSubstr("12 copies of 12 partitions move, about 120.0 MiB in 1:05"));
  EXPECT_THAT(out(), HasSubstr("node 4 is down"));
  EXPECT_THAT(gateway_.node_changes(), IsEmpty());
}

TEST_F(NodeVerbsTest, WithoutATerminalItNeedsYes) {
  EXPECT_EQ(Run({"node", "drain", "abc"}), 2);
  EXPECT_THAT(err(), HasSubstr("nothing was changed; say --yes"));
  EXPECT_THAT(gateway_.node_changes(), IsEmpty());
  EXPECT_EQ(Run({"node", "drain", "--yes", "abc"}), 0);
  ASSERT_EQ(gateway_.node_changes().size(), 1u);
  EXPECT_EQ(gateway_.node_changes()[0].verb(), v1::NodeChange::DRAIN);
  EXPECT_EQ(gateway_.node_changes()[0].nodes(0), "abc");
  EXPECT_THAT(out(), HasSubstr("begun"));
}

TEST_F(NodeVerbsTest, AtATerminalItAsks) {
  environment_.in_is_terminal = environment_.err_is_terminal = true;
  EXPECT_EQ(Run({"node", "remove", "abc"}, "n\n"), 2);
  EXPECT_THAT(gateway_.node_changes(), IsEmpty());
  EXPECT_EQ(Run({"node", "remove", "abc"}, "y\n"), 0);
  ASSERT_EQ(gateway_.node_changes().size(), 1u);
  EXPECT_EQ(gateway_.node_changes()[0].verb(), v1::NodeChange::REMOVE);
}

TEST_F(NodeVerbsTest, ARefusalNamesReasonAndFails) {
  plan_.add_refusals("only 2 nodes would be left; add one");
  gateway_.SetPlan(plan_);
  EXPECT_EQ(Run({"node", "drain", "--yes", "abc"}), 1);
  EXPECT_THAT(err(), HasSubstr("only 2 nodes would be left; add one"));
  EXPECT_EQ(Run({"node", "drain", "--plan", "--json", "abc"}), 1);
  EXPECT_THAT(out(), HasSubstr("\"refusals\":[\"only 2 nodes would be left; add one\"]"));
  EXPECT_THAT(gateway_.node_changes(), IsEmpty());
}

TEST_F(NodeVerbsTest, WhatIsSoAlreadyNeedsNoQuestion) {
  gateway_.SetPlan(v1::NodeChangePlan());
  plan_.Clear();
  plan_.set_changes_nothing(true);
  gateway_.SetPlan(plan_);
  EXPECT_EQ(Run({"node", "add", "abc"}), 0);
  EXPECT_THAT(out(), HasSubstr("nothing is to be changed"));
}

TEST_F(NodeVerbsTest, AddTakesNamesOrAll) {
  EXPECT_EQ(Run({"node", "add", "--yes"}), 2);
  EXPECT_THAT(err(), HasSubstr("say --all"));
  EXPECT_EQ(Run({"node", "add", "--yes", "--all", "abc"}), 2);
  EXPECT_EQ(Run({"node", "add", "--yes", "--all"}), 0);
  EXPECT_EQ(Run({"node", "add", "--yes", "abc", "def"}), 0);
  ASSERT_EQ(gateway_.node_changes().size(), 2u);
  EXPECT_TRUE(gateway_.node_changes()[0].all_waiting());
  EXPECT_EQ(gateway_.node_changes()[1].nodes_size(), 2);
}

TEST_F(NodeVerbsTest, ReplaceNamesBothNodes) {
  EXPECT_EQ(Run({"node", "replace", "--yes", "abc"}), 2);
  EXPECT_EQ(Run({"node", "replace", "--yes", "abc", "def"}), 0);
  ASSERT_EQ(gateway_.node_changes().size(), 1u);
  EXPECT_EQ(gateway_.node_changes()[0].verb(), v1::NodeChange::REPLACE);
  EXPECT_EQ(gateway_.node_changes()[0].nodes(0), "abc");
  EXPECT_EQ(gateway_.node_changes()[0].replacement(), "def");
}

TEST_F(NodeVerbsTest, WaitsUntilAllHasMoved) {
  gateway_.SetStatus(AtRest());
  EXPECT_EQ(Run({"node", "drain", "--yes", "--wait", "abc"}), 0);
  EXPECT_THAT(out(), HasSubstr("all has moved"));
}

TEST_F(NodeVerbsTest, ShowsHowFarItIsWhileItWaits) {
  v1::ClusterStatus moving = AtRest();
  moving.set_moving_partitions(12);
  moving.mutable_nodes(0)->mutable_node()->set_state(v1::ClusterNode::DRAINING);
  gateway_.SetStatus(moving);
  EXPECT_EQ(RunAnd({"node", "drain", "--yes", "--wait", "abc"}, "12 of 12 partitions left",
                   [&] { gateway_.SetStatus(AtRest()); }),
            0);
  EXPECT_THAT(out(), HasSubstr("all has moved"));
}

TEST_F(NodeVerbsTest, AnUnknownNodeIsNotFound) {
  gateway_.FailNext(1, absl::NotFoundError("no storage node has the id or endpoint 'xyz'"));
  EXPECT_EQ(Run({"node", "drain", "--yes", "xyz"}), 3);
  EXPECT_THAT(err(), HasSubstr("'xyz'"));
}

TEST_F(NodeVerbsTest, TheListShowsWhatMoves) {
  v1::ClusterStatus status = AtRest();
  v1::NodeStatus& node = *status.mutable_nodes(0);
  node.set_liveness(v1::NodeStatus::DOWN);
  node.set_heartbeat_age_seconds(65);
  node.set_down_seconds(60);
  node.set_out_in_seconds(540);
  node.set_incoming_partitions(3);
  node.set_leaving_partitions(1);
  node.mutable_last()->set_stray_chunks(5);
  node.mutable_last()->set_missing_chunks(6);
  gateway_.SetStatus(status);
  EXPECT_EQ(Run({"node", "ls"}), 0);
  EXPECT_THAT(out(), HasSubstr("3 partitions coming in 1 partition leaving 6 chunks missing 5 "
                               "chunks held for others last heard 1:05 ago, out in 9:00"));
  EXPECT_EQ(Run({"node", "ls", "--json"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"incoming_partitions\":3,\"leaving_partitions\":1"));
}

TEST_F(NodeVerbsTest, AGroupOfVerbsNamesThemAll) {
  EXPECT_EQ(Run({"node"}), 2);
  EXPECT_THAT(err(), HasSubstr("'node ls', 'node add', 'node drain'"));
}

TEST(FormatMoves, ShowsRateAndTimeOnceThereIsARate) {
  MoveState state{.partitions_left = 3,
                  .partitions_total = 12,
                  .bytes_done = 9 * kMiB,
                  .bytes_total = 12 * kMiB};
  EXPECT_EQ(FormatMoves(state), "3 of 12 partitions left, 9.0 MiB of 12.0 MiB");
  state.bytes_per_second = kMiB;
  EXPECT_EQ(FormatMoves(state),
            "3 of 12 partitions left, 9.0 MiB of 12.0 MiB, 1.0 MiB/s, 0:03 left");
}

}  // namespace
}  // namespace trebol::cli
