#include "metadata/cluster/failure_watch.h"

#include "absl/strings/str_join.h"
#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/metadata_cluster/watched_cluster.h"

namespace trebol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::Duration kOutAfter = absl::Minutes(10);

class FailureWatchTest : public ::testing::Test {
 protected:
  /// `nodes` beat for a second, verdicts become true of the map; returns the last.
  FailureWatch::Verdict Second() {
    cluster_.clock().Advance(absl::Seconds(1));
    cluster_.Beat();
    return Judge();
  }
  FailureWatch::Verdict Judge() {
    const auto verdict = watch_.Tick(cluster_.clock().Now(), *cluster_.map(), cluster_.monitor());
    for (const NodeId node : verdict.down) cluster_.Node(node.value).set_down(true);
    for (const NodeId node : verdict.up) cluster_.Node(node.value).set_down(false);
    for (const NodeId node : verdict.out) {
      cluster_.Node(node.value).set_state(v1::ClusterNode::OUT);
    }
    return verdict;
  }
  void Seconds(int seconds) {
    for (int i = 0; i < seconds; ++i) Second();
  }
  bool IsDown(uint64_t node) { return cluster_.Node(node).down(); }
  bool IsOut(uint64_t node) { return cluster_.Node(node).state() == v1::ClusterNode::OUT; }
  std::string Held(uint64_t node) { return watch_.down().at(NodeId(node)).held; }

  WatchedCluster cluster_{8};
  FailureWatch watch_{{.out_after = kOutAfter}};
};

TEST_F(FailureWatchTest, SaysNothingOfNodesThatBeat) {
  for (int i = 0; i < 100; ++i) {
    const auto verdict = Second();
    EXPECT_THAT(verdict.down, IsEmpty());
    EXPECT_THAT(verdict.up, IsEmpty());
  }
  EXPECT_THAT(watch_.down(), IsEmpty());
}

TEST_F(FailureWatchTest, ASilentNodeIsDownWithinSeconds) {
  Seconds(20);
  cluster_.Silence(3);
  Seconds(3);
  EXPECT_FALSE(IsDown(3));
  Seconds(4);
  EXPECT_TRUE(IsDown(3));
  for (uint64_t node : {1, 2, 4, 5, 6, 7, 8}) EXPECT_FALSE(IsDown(node)) << node;
}

TEST_F(FailureWatchTest, IsUpAgainAfterSomeHeartbeats) {
  Seconds(20);
  cluster_.Silence(3);
  Seconds(20);
  ASSERT_TRUE(IsDown(3));
  cluster_.Revive(3);
  Seconds(FailureWatch::kBeatsUntilUp - 1);
  EXPECT_TRUE(IsDown(3));
  Seconds(1);
  EXPECT_FALSE(IsDown(3));
  EXPECT_THAT(watch_.down(), IsEmpty());
}

TEST_F(FailureWatchTest, OneHeartbeatNowAndThenIsNotUp) {
  Seconds(20);
  cluster_.Silence(3);
  Seconds(20);
  for (int i = 0; i < 10; ++i) {
    cluster_.Revive(3);
    Second();
    cluster_.Silence(3);
    Seconds(20);
    EXPECT_TRUE(IsDown(3)) << i;
  }
}

TEST_F(FailureWatchTest, IsOutAfterItsTimeAndNotBefore) {
  Seconds(20);
  cluster_.Silence(3);
  Seconds(10);
  ASSERT_TRUE(IsDown(3));
  Seconds(590);
  EXPECT_FALSE(IsOut(3));
  EXPECT_LE(watch_.down().at(NodeId(3)).out_in, absl::Seconds(10));
  Seconds(10);
  EXPECT_TRUE(IsOut(3));
}

TEST_F(FailureWatchTest, ABreakInTheSilenceBeginsTheTimeAnew) {
  Seconds(20);
  cluster_.Silence(3);
  Seconds(500);
  cluster_.Revive(3);
  Seconds(5);
  ASSERT_FALSE(IsDown(3));
  cluster_.Silence(3);
  Seconds(500);
  EXPECT_TRUE(IsDown(3));
  EXPECT_FALSE(IsOut(3));
}

TEST_F(FailureWatchTest, ANewStartGrantsTheFullTime) {
  Seconds(20);
  cluster_.Silence(3);
  Seconds(590);
  ASSERT_TRUE(IsDown(3));
  FailureWatch next({.out_after = kOutAfter});
  cluster_.Forget();
  for (int i = 0; i < 595; ++i) {
    cluster_.clock().Advance(absl::Seconds(1));
    cluster_.Beat();
    EXPECT_THAT(next.Tick(cluster_.clock().Now(), *cluster_.map(), cluster_.monitor()).out,
                IsEmpty());
  }
  bool out = false;
  for (int i = 0; i < 10; ++i) {
    cluster_.clock().Advance(absl::Seconds(1));
    cluster_.Beat();
    out =
        out || !next.Tick(cluster_.clock().Now(), *cluster_.map(), cluster_.monitor()).out.empty();
  }
  EXPECT_TRUE(out);
}

TEST_F(FailureWatchTest, AStallOfThisProcessCountsForNobody) {
  Seconds(20);
  cluster_.clock().Advance(absl::Minutes(20));
  // Heartbeats are still in the sockets.
  EXPECT_THAT(Judge().down, IsEmpty());
  for (int i = 0; i < 20; ++i) EXPECT_THAT(Second().down, IsEmpty());
}

TEST_F(FailureWatchTest, GivesUpNoMoreThanAQuarterWithoutAnOperator) {
  Seconds(20);
  for (uint64_t node : {1, 2, 3}) cluster_.Silence(node);
  // As if their copies had been made anew meanwhile: only the share counts here.
  for (auto& entry : *cluster_.proto().mutable_partitions()) {
    entry.clear_serving();
    for (uint64_t node : {6, 7, 8}) entry.add_serving(node);
  }
  Seconds(700);
  EXPECT_EQ(IsOut(1) + IsOut(2) + IsOut(3), 2);
  ASSERT_TRUE(IsDown(3));
  EXPECT_THAT(Held(3), HasSubstr("no more than 2 of 8"));
  EXPECT_EQ(watch_.down().at(NodeId(3)).out_in, absl::InfiniteDuration());
  // The operator says that one of them is known to be gone.
  cluster_.Node(1).set_removed(true);
  Second();
  EXPECT_FALSE(IsOut(3)) << "a quarter of seven is one, and node 2 is";
  cluster_.Node(2).set_removed(true);
  Seconds(2);
  EXPECT_TRUE(IsOut(3));
}

TEST_F(FailureWatchTest, GivesUpNoNodeWithoutWhichTooFewAreLeft) {
  WatchedCluster three(3);
  FailureWatch watch({.out_after = kOutAfter});
  FailureWatch::Verdict verdict;
  for (int i = 0; i < 800; ++i) {
    if (i == 20) three.Silence(2);
    three.clock().Advance(absl::Seconds(1));
    three.Beat();
    verdict = watch.Tick(three.clock().Now(), *three.map(), three.monitor());
    for (const NodeId node : verdict.down) three.Node(node.value).set_down(true);
    ASSERT_THAT(verdict.out, IsEmpty());
  }
  EXPECT_THAT(watch.down().at(NodeId(2)).held, HasSubstr("only 2 nodes are left for 3 copies"));
}

TEST_F(FailureWatchTest, GivesUpNoNodeThatMayHaveTheLastCopies) {
  Seconds(20);
  v1::PartitionEntry& entry = *cluster_.proto().mutable_partitions(0);
  entry.clear_serving();
  entry.add_serving(3);
  entry.add_incoming(1);
  entry.add_incoming(2);
  cluster_.Silence(3);
  Seconds(700);
  EXPECT_TRUE(IsDown(3));
  EXPECT_FALSE(IsOut(3));
  EXPECT_THAT(Held(3), HasSubstr("of 1 partitions nobody else"));
}

TEST_F(FailureWatchTest, NeverGivesUpANodeThatHoldsNothing) {
  cluster_.AddNode(9, v1::ClusterNode::WAITING);
  Seconds(20);
  cluster_.Silence(9);
  Seconds(700);
  EXPECT_TRUE(IsDown(9));
  EXPECT_FALSE(IsOut(9));
  EXPECT_EQ(watch_.down().at(NodeId(9)).out_in, absl::InfiniteDuration());
}

TEST_F(FailureWatchTest, DecidesNothingUntilEnoughReportedOrTimeHasPassed) {
  cluster_.Silence(3);  // since before the start
  Seconds(299);
  EXPECT_FALSE(IsDown(3));
  EXPECT_THAT(watch_.Alarms(), IsEmpty());
  Seconds(3);
  EXPECT_TRUE(IsDown(3));
  ASSERT_EQ(watch_.Alarms().size(), 1u);
  EXPECT_THAT(watch_.Alarms()[0], HasSubstr("0000000000000003 did not report within 5m"));
  cluster_.Revive(3);
  Seconds(2);
  EXPECT_THAT(watch_.Alarms(), IsEmpty());
}

TEST_F(FailureWatchTest, WaitsNotForNodesThatWereDownBefore) {
  cluster_.Silence(3);
  cluster_.Node(3).set_down(true);
  Seconds(20);
  cluster_.Silence(4);
  Seconds(10);
  EXPECT_TRUE(IsDown(4));
}

TEST_F(FailureWatchTest, WaitsForAMemberOfEveryPartition) {
  for (uint64_t node : {1, 2, 3}) {
    cluster_.Silence(node);
    cluster_.Node(node).set_down(true);
  }
  v1::PartitionEntry& entry = *cluster_.proto().mutable_partitions(0);
  entry.clear_serving();
  for (uint64_t node : {1, 2, 3}) entry.add_serving(node);
  Seconds(20);
  cluster_.Silence(4);
  Seconds(20);
  EXPECT_FALSE(IsDown(4));
  cluster_.Revive(1);
  Seconds(2);
  EXPECT_TRUE(IsDown(4));
}

TEST_F(FailureWatchTest, ANodeThatIsOutIsNotJudged) {
  cluster_.Node(3).set_state(v1::ClusterNode::OUT);
  cluster_.Silence(3);
  Seconds(700);
  EXPECT_FALSE(IsDown(3));
  EXPECT_THAT(watch_.down(), IsEmpty());
}

}  // namespace
}  // namespace trebol
