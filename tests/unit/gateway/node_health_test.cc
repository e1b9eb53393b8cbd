#include "gateway/replication/node_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/gateway_rig.h"

namespace trebol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Standing = NodeHealth::Standing;
using Kind = NodeHealth::Kind;
using Result = NodeHealth::Result;
using State = CircuitBreaker::State;

class NodeHealthTest : public testing::Test {
 protected:
  NodeHealthTest() { Map(GatewayRig::MapAt(1, 6)); }

  void Map(v1::ClusterMap map) { map_ = *ClusterMap::FromProto(std::move(map)); }
  void Down(uint64_t epoch, std::vector<uint64_t> nodes) {
    v1::ClusterMap map = GatewayRig::MapAt(epoch, 6);
    for (uint64_t node : nodes) map.mutable_nodes(static_cast<int>(node) - 1)->set_down(true);
    Map(std::move(map));
  }
  void Call(uint64_t node, Result result, absl::Duration took = absl::ZeroDuration(),
            Kind kind = Kind::kPut, uint64_t bytes = 1) {
    const auto call = nodes_.Begin(NodeId(node), kind, bytes);
    clock_.Advance(took);
    nodes_.End(call, result);
  }
  /// Opens its breaker.
  void Break(uint64_t node) {
    for (int i = 0; i < 5; ++i) Call(node, Result::kUnreachable);
  }
  std::vector<Standing> Judge(std::vector<uint64_t> members) {
    return nodes_.Judge(*map_, Ids(members));
  }
  std::vector<NodeId> Order(std::vector<uint64_t> nodes, size_t first = 0) {
    return nodes_.Order(*map_, Ids(nodes), first);
  }
  static std::vector<NodeId> Ids(const std::vector<uint64_t>& numbers) {
    std::vector<NodeId> ids;
    for (uint64_t number : numbers) ids.push_back(NodeId(number));
    return ids;
  }
  State BreakerOf(uint64_t node) {
    for (const auto& view : nodes_.Views()) {
      if (view.node == NodeId(node)) return view.breaker;
    }
    ADD_FAILURE() << "no node " << node;
    return State::kClosed;
  }

  ManualClock clock_;
  NodeHealth nodes_{clock_, 1};
  std::shared_ptr<const ClusterMap> map_;
};

TEST_F(NodeHealthTest, ForgetsAFailureAfterFiveSecondsOrAnAnswer) {
  EXPECT_THAT(Order({1, 2, 3}, 4), ElementsAre(NodeId(2), NodeId(3), NodeId(1)));
  EXPECT_THAT(Order({}, 4), IsEmpty());
  nodes_.Failed(NodeId(1));
  nodes_.Failed(NodeId(2));
  Call(2, Result::kAnswered);
  EXPECT_THAT(Order({1, 2, 3}), ElementsAre(NodeId(2), NodeId(3), NodeId(1)));
  EXPECT_THAT(Judge({1, 2}), ElementsAre(Standing::kFailedLately, Standing::kGood));
  clock_.Advance(absl::Seconds(5) + absl::Nanoseconds(1));
  EXPECT_THAT(Order({1, 2, 3}), ElementsAre(NodeId(1), NodeId(2), NodeId(3)));
}

TEST_F(NodeHealthTest, AsksGoodNodesBeforeEjectedAndThoseBeforeDownOnes) {
  Down(2, {1});
  Break(2);
  nodes_.Failed(NodeId(3));
  EXPECT_THAT(Order({1, 2, 3, 4}), ElementsAre(NodeId(4), NodeId(3), NodeId(2), NodeId(1)));
}

TEST_F(NodeHealthTest, EjectsOneOfAPartitionAndAThirdOfAll) {
  Judge({1});
  Break(1);
  clock_.Advance(absl::Seconds(1));
  Break(2);
  clock_.Advance(absl::Seconds(1));
  Break(3);
  EXPECT_THAT(Judge({1, 2, 4}), ElementsAre(Standing::kEjected, Standing::kGood, Standing::kGood))
      << "one of a partition";
  EXPECT_THAT(Judge({2, 4, 5}), ElementsAre(Standing::kEjected, Standing::kGood, Standing::kGood));
  EXPECT_THAT(Judge({3, 4, 5}), ElementsAre(Standing::kGood, Standing::kGood, Standing::kGood))
      << "two of six are the most";
  EXPECT_EQ(nodes_.OfHandoff(*map_, NodeId(2)), Standing::kEjected);
  EXPECT_EQ(nodes_.OfHandoff(*map_, NodeId(3)), Standing::kGood);
}

TEST_F(NodeHealthTest, DownNodesDoNotUseTheCapUp) {
  Judge({1});
  for (uint64_t node : {1, 2, 3}) Break(node);
  Down(2, {1, 2});
  EXPECT_THAT(Judge({1, 2, 3}), ElementsAre(Standing::kDown, Standing::kDown, Standing::kEjected));
}

TEST_F(NodeHealthTest, ANodeThatIsUpAgainIsProbedAtOnce) {
  Down(2, {1});
  Judge({1});
  Break(1);
  EXPECT_THAT(Judge({1}), ElementsAre(Standing::kDown));
  Down(3, {});
  EXPECT_THAT(Judge({1}), ElementsAre(Standing::kGood));
  EXPECT_EQ(BreakerOf(1), State::kHalfOpen);
  EXPECT_THAT(Judge({1}), ElementsAre(Standing::kEjected)) << "one probe at a time";
  for (int i = 0; i < 3; ++i) Call(1, Result::kAnswered);
  EXPECT_EQ(BreakerOf(1), State::kClosed);
  EXPECT_THAT(Judge({1}), ElementsAre(Standing::kGood));
}

TEST_F(NodeHealthTest, AnOlderMapTeachesNothing) {
  Down(5, {1});
  Judge({1});
  Down(4, {});
  EXPECT_THAT(Judge({1}), ElementsAre(Standing::kDown));
}

TEST_F(NodeHealthTest, AProbeIsAskedFirstAndOnlyOne) {
  Judge({1});
  Break(2);
  Break(3);
  clock_.Advance(absl::Seconds(7));
  EXPECT_THAT(Order({1, 2, 3}), ElementsAre(NodeId(2), NodeId(1), NodeId(3)));
  EXPECT_EQ(nodes_.OfHandoff(*map_, NodeId(3)), Standing::kEjected) << "no handoff is a probe";
}

TEST_F(NodeHealthTest, HedgesAtTheRecentP95OfTheSizeWithinBounds) {
  Judge({1});
  EXPECT_EQ(nodes_.HedgeAfter(1), absl::Seconds(1)) << "nothing is known";
  for (int i = 0; i < 20; ++i)
    Call(1 + i % 3, Result::kAnswered, absl::Milliseconds(1), Kind::kGet);
  for (int i = 0; i < 20; ++i) {
    Call(1 + i % 3, Result::kAnswered, absl::Milliseconds(80), Kind::kGet, 4 * kMiB);
  }
  nodes_.Tick();
  EXPECT_EQ(nodes_.HedgeAfter(1), absl::Milliseconds(10));
  EXPECT_GE(nodes_.HedgeAfter(4 * kMiB), absl::Milliseconds(80));
  EXPECT_LE(nodes_.HedgeAfter(4 * kMiB), absl::Milliseconds(100));
  EXPECT_EQ(nodes_.HedgeAfter(kMiB), absl::Seconds(1)) << "nothing is known of this size";
  clock_.Advance(absl::Minutes(1));
  nodes_.Tick();
  EXPECT_LE(nodes_.HedgeAfter(4 * kMiB), absl::Milliseconds(100)) << "the last that is known";
  std::vector<NodeHealth::Call> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(nodes_.Begin(NodeId(1), Kind::kGet, 1));
  clock_.Advance(absl::Seconds(3));
  for (const auto& call : calls) nodes_.End(call, Result::kAnswered);
  nodes_.Tick();
  EXPECT_EQ(nodes_.HedgeAfter(1), absl::Seconds(1));
}

TEST_F(NodeHealthTest, ReadsBeginAtOtherCopiesThanALateNodes) {
  Judge({1});
  const auto reads = [this](uint64_t node, absl::Duration took) {
    for (int i = 0; i < 20; ++i) Call(node, Result::kAnswered, took, Kind::kGet);
    nodes_.Tick();
  };
  for (uint64_t node : {1, 3, 4}) reads(node, absl::Milliseconds(1));
  reads(2, absl::Milliseconds(200));
  EXPECT_TRUE(nodes_.Views()[1].late);
  EXPECT_EQ(nodes_.HedgeAfter(1), absl::Milliseconds(10)) << "the late node's reads do not count";
  EXPECT_THAT(Order({1, 2, 3}), ElementsAre(NodeId(1), NodeId(3), NodeId(2)));
  EXPECT_THAT(Order({1, 2, 3}, 1), ElementsAre(NodeId(3), NodeId(1), NodeId(2)));
  nodes_.Failed(NodeId(1));
  EXPECT_THAT(Order({1, 2}), ElementsAre(NodeId(2), NodeId(1)))
      << "a late copy is better than none";
  EXPECT_THAT(Judge({2}), ElementsAre(Standing::kGood)) << "writes go there as before";
  clock_.Advance(absl::Seconds(30));
  nodes_.Tick();
  EXPECT_TRUE(nodes_.Views()[1].late) << "nothing new is known of it";
  for (uint64_t node : {1, 3, 4, 2}) reads(node, absl::Milliseconds(1));
  EXPECT_FALSE(nodes_.Views()[1].late);
  EXPECT_THAT(Order({1, 2, 3}, 1), ElementsAre(NodeId(2), NodeId(3), NodeId(1)));
}

TEST_F(NodeHealthTest, OneInSixteenReadsIsTriedAtALateNodeOneAtATime) {
  Judge({1});
  EXPECT_FALSE(nodes_.Tries(NodeId(2))) << "it is not late";
  for (uint64_t node : {1, 2, 3, 4}) {
    for (int i = 0; i < 20; ++i) {
      Call(node, Result::kAnswered, absl::Milliseconds(node == 2 ? 200 : 1), Kind::kGet);
    }
  }
  nodes_.Tick();
  const auto tries = [this] {
    int tried = 0;
    for (int i = 0; i < 160; ++i) tried += nodes_.Tries(NodeId(2)) ? 1 : 0;
    return tried;
  };
  EXPECT_EQ(tries(), 1);
  EXPECT_EQ(tries(), 0) << "it has not ended";
  nodes_.Tried(NodeId(2));
  EXPECT_EQ(tries(), 1);
  nodes_.Tried(NodeId(2));
  Down(2, {2});
  Judge({1});
  EXPECT_EQ(tries(), 0) << "it is down";
}

TEST_F(NodeHealthTest, LatenessIsForgottenAfterAMinuteWithoutReads) {
  Judge({1});
  for (uint64_t node : {1, 2, 3, 4}) {
    for (int i = 0; i < 20; ++i) {
      Call(node, Result::kAnswered, absl::Milliseconds(node == 2 ? 200 : 1), Kind::kGet);
    }
  }
  nodes_.Tick();
  clock_.Advance(absl::Seconds(59));
  nodes_.Tick();
  EXPECT_TRUE(nodes_.Views()[1].late);
  clock_.Advance(absl::Seconds(1));
  EXPECT_FALSE(nodes_.Views()[1].late);
}

TEST_F(NodeHealthTest, ReadsThatWereGivenUpLateCountWithTheTimeTheyHad) {
  Judge({1});
  for (uint64_t node : {1, 2, 3, 4}) {
    for (int i = 0; i < 20; ++i) {
      Call(node, Result::kAnswered, absl::Milliseconds(1), Kind::kGet);
    }
  }
  nodes_.Tick();
  for (int i = 0; i < 100; ++i) Call(3, Result::kGivenUp, absl::ZeroDuration(), Kind::kGet);
  nodes_.Tick();
  EXPECT_FALSE(nodes_.Views()[2].late) << "callers that went away at once say nothing";
  for (int i = 0; i < 20; ++i) Call(2, Result::kGivenUp, absl::Milliseconds(30), Kind::kGet);
  nodes_.Tick();
  EXPECT_TRUE(nodes_.Views()[1].late);
}

TEST_F(NodeHealthTest, ReadsThatWaitMakeANodeLateBeforeTheyEnd) {
  Judge({1});
  for (uint64_t node : {1, 2, 3, 4}) {
    for (int i = 0; i < 20; ++i) {
      Call(node, Result::kAnswered, absl::Milliseconds(1), Kind::kGet);
    }
  }
  std::vector<NodeHealth::Call> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(nodes_.Begin(NodeId(2), Kind::kGet, 1));
  EXPECT_THAT(Order({1, 2, 3}, 1), ElementsAre(NodeId(2), NodeId(3), NodeId(1)));
  clock_.Advance(absl::Milliseconds(100));
  EXPECT_THAT(Order({1, 2, 3}, 1), ElementsAre(NodeId(3), NodeId(1), NodeId(2)));
  for (const auto& call : calls) nodes_.End(call, Result::kGivenUp);
  EXPECT_TRUE(nodes_.Views()[1].late);
}

TEST_F(NodeHealthTest, IsSlowAtTenTimesTheClustersMedianButNotBelowASecond) {
  Judge({1});
  const auto hangs_after = [this](uint64_t node, absl::Duration duration) {
    std::vector<NodeHealth::Call> calls;
    for (int i = 0; i < 20; ++i) calls.push_back(nodes_.Begin(NodeId(node), Kind::kPut, 1));
    clock_.Advance(duration);
    nodes_.Tick();
    const bool open = BreakerOf(node) == State::kOpen;
    for (const auto& call : calls) nodes_.End(call, Result::kGivenUp);
    return open;
  };
  EXPECT_FALSE(hangs_after(1, absl::Milliseconds(999)));
  EXPECT_TRUE(hangs_after(2, absl::Seconds(1)));
  clock_.Advance(absl::Minutes(1));
  for (int i = 0; i < 50; ++i) Call(3 + i % 4, Result::kAnswered, absl::Milliseconds(200));
  nodes_.Tick();
  EXPECT_FALSE(hangs_after(3, absl::Milliseconds(1900)));
  EXPECT_TRUE(hangs_after(4, absl::Milliseconds(2500)));
}

TEST_F(NodeHealthTest, KnowsASilentNode) {
  EXPECT_FALSE(nodes_.Silent(NodeId(1)));
  const auto call = nodes_.Begin(NodeId(1), Kind::kGet, 1);
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(nodes_.Silent(NodeId(1)));
  EXPECT_FALSE(nodes_.Silent(NodeId(2)));
  nodes_.End(call, Result::kAnswered);
  EXPECT_FALSE(nodes_.Silent(NodeId(1)));
}

TEST_F(NodeHealthTest, NamesNodesToProbe) {
  Judge({1});
  EXPECT_THAT(nodes_.ToProbe(), IsEmpty());
  Call(4, Result::kGivenUp);
  EXPECT_THAT(nodes_.ToProbe(), ElementsAre(NodeId(4)));
  Call(4, Result::kAnswered);
  EXPECT_THAT(nodes_.ToProbe(), IsEmpty());
  Break(5);
  EXPECT_THAT(nodes_.ToProbe(), IsEmpty());
  clock_.Advance(absl::Seconds(7));
  EXPECT_THAT(nodes_.ToProbe(), ElementsAre(NodeId(5)));
  EXPECT_THAT(nodes_.ToProbe(), IsEmpty()) << "one at a time";
}

TEST_F(NodeHealthTest, ShowsTheNodesOfTheMap) {
  Judge({1});
  Break(2);
  for (int i = 0; i < 20; ++i) Call(3, Result::kAnswered, absl::Milliseconds(5), Kind::kGet);
  const auto views = nodes_.Views();
  ASSERT_EQ(views.size(), 6u);
  EXPECT_EQ(views[1].breaker, State::kOpen);
  EXPECT_TRUE(views[1].ejected);
  EXPECT_EQ(views[1].openings, 1u);
  ASSERT_TRUE(views[2].get_p95.has_value());
  EXPECT_GE(*views[2].get_p95, absl::Milliseconds(5));
  EXPECT_EQ(views[2].get_p95, views[2].p95);
  EXPECT_FALSE(views[2].put_p95.has_value());
  EXPECT_FALSE(views[3].p95.has_value());
  v1::ClusterMap smaller = GatewayRig::MapAt(2, 3);
  Map(smaller);
  Judge({1});
  EXPECT_EQ(nodes_.Views().size(), 3u);
  EXPECT_EQ(BreakerOf(2), State::kOpen);
}

}  // namespace
}  // namespace trebol
