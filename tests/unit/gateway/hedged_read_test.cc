// Reads whose node is late, away or has not got the chunk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/cluster/placement.h"
#include "tests/unit/gateway/replicas.h"

namespace trebol {
namespace {

using testing::HasSubstr;

class HedgedRead : public Replicas {
 protected:
  /// The member that a read of Id() asks first while all are well.
  std::string First() const { return absl::StrCat("n", 1 + Id().version.sequence % 3); }
  int Gets() {
    int gets = 0;
    for (const char* node : {"n1", "n2", "n3", "n4", "n5"}) gets += rig_.storage->gets(node);
    return gets;
  }
};

TEST_F(HedgedRead, AsksASecondNodeWhenTheFirstIsLateAndCallsTheFirstOff) {
  StoreEverywhere(data_);
  rig_.storage->Hold(First());
  auto read = StartRead(0, 900);
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->held(First()) == 1; }));
  rig_.clock.Advance(absl::Milliseconds(999));
  EXPECT_EQ(read.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout)
      << "it is late after a second, as long as nothing is known";
  rig_.clock.Advance(absl::Milliseconds(1));
  const auto bytes = read.get();
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, data_);
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.storage->held(First()) == 0; }));
  EXPECT_EQ(Gets(), 2);
  EXPECT_EQ(rig_.metrics->hedges.value(), 1u);
  EXPECT_EQ(rig_.metrics->hedges_won.value(), 1u);
}

TEST_F(HedgedRead, AsksNobodyElseWhileTheFirstIsInTime) {
  StoreEverywhere(data_);
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(Read(0, 900).ok());
  EXPECT_EQ(Gets(), 30);
  EXPECT_EQ(rig_.metrics->hedges.value(), 0u);
}

TEST_F(HedgedRead, TheFirstMayStillWin) {
  StoreEverywhere(data_);
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Hold(node);
  auto read = StartRead(0, 900);
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->held(First()) == 1; }));
  rig_.clock.Advance(absl::Seconds(1));
  ASSERT_TRUE(GatewayRig::Until([&] {
    return rig_.storage->held("n1") + rig_.storage->held("n2") + rig_.storage->held("n3") == 2;
  }));
  rig_.storage->Release(First());
  EXPECT_TRUE(read.get().ok());
  // The second one is called off.
  EXPECT_TRUE(GatewayRig::Until([&] {
    return rig_.storage->held("n1") + rig_.storage->held("n2") + rig_.storage->held("n3") == 0;
  }));
  EXPECT_EQ(rig_.metrics->hedges_won.value(), 0u);
}

TEST_F(HedgedRead, TheSecondGoesOnWithTheOthersWhenItsNodeHasNotGotIt) {
  StoreEverywhere(data_);
  rig_.storage->Hold(First());
  const std::string last = absl::StrCat("n", 1 + (Id().version.sequence + 2) % 3);
  for (const char* node : {"n1", "n2", "n3"}) {
    if (node != last && node != First()) rig_.storage->Forget(node);
  }
  auto read = StartRead(0, 900);
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->held(First()) == 1; }));
  rig_.clock.Advance(absl::Seconds(1));
  EXPECT_TRUE(read.get().ok());
  EXPECT_EQ(rig_.storage->gets(last), 1);
}

TEST_F(HedgedRead, SecondRequestsEndWithTheirBudgetButNotForASilentNode) {
  StoreEverywhere(data_);
  HedgeBudget unused;
  int burst = 0;
  while (unused.MayHedge(false)) ++burst;
  // Reads usually take 8 ms, so that those of 10 are late and their node is not.
  for (int i = 0; i < 80; ++i) {
    const auto call = rig_.nodes->Begin(NodeId(1 + i % 4), NodeHealth::Kind::kGet, 10);
    rig_.clock.Advance(absl::Milliseconds(8));
    rig_.nodes->End(call, NodeHealth::Result::kAnswered);
  }
  rig_.nodes->Tick();
  ASSERT_EQ(rig_.nodes->HedgeAfter(10), absl::Milliseconds(10));
  const auto late_read = [this] {
    rig_.storage->Hold(First());
    auto read = StartRead(0, 10);
    EXPECT_TRUE(GatewayRig::Until([&] { return rig_.storage->held(First()) == 1; }));
    rig_.clock.Advance(absl::Milliseconds(10));
    return read;
  };
  const auto refused = [this] { return rig_.metrics->hedges_refused.value(); };
  std::future<absl::StatusOr<Bytes>> read;
  for (int i = 0; i < 2 * burst && refused() == 0; ++i) {
    read = late_read();
    EXPECT_TRUE(GatewayRig::Until([&] {
      return refused() > 0 || read.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }));
    if (refused() == 0) {
      EXPECT_TRUE(read.get().ok());
    }
    rig_.storage->Release(First());
    if (refused() > 0) {
      EXPECT_TRUE(read.get().ok());
    }
  }
  EXPECT_EQ(refused(), 1u);
  EXPECT_GE(rig_.metrics->hedges.value(), static_cast<uint64_t>(burst));
  read = late_read();
  ASSERT_TRUE(GatewayRig::Until([&] { return refused() == 2; }));
  rig_.clock.Advance(absl::Seconds(1));  // now it is silent
  EXPECT_TRUE(read.get().ok());
}

TEST_F(HedgedRead, ALateNodeIsTriedWithNobodyWaiting) {
  StoreEverywhere(data_);
  for (int i = 0; i < 80; ++i) {
    const NodeId node(1 + i % 4);
    const auto call = rig_.nodes->Begin(node, NodeHealth::Kind::kGet, 900);
    rig_.clock.Advance(absl::Milliseconds(absl::StrCat("n", node.value) == First() ? 200 : 1));
    rig_.nodes->End(call, NodeHealth::Result::kAnswered);
  }
  rig_.nodes->Tick();
  rig_.storage->Hold(First());
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(Read(0, 900).ok());
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.storage->held(First()) == 1; }));
  EXPECT_EQ(Gets(), 41) << "one at a time";
  EXPECT_EQ(rig_.metrics->hedges.value(), 0u);
  rig_.storage->Release(First());
  EXPECT_TRUE(GatewayRig::Until([&] {
    EXPECT_TRUE(Read(0, 900).ok());
    return rig_.storage->gets(First()) == 2;
  }));
}

TEST_F(HedgedRead, ACallerThatGoesAwayTakesBothAlong) {
  StoreEverywhere(data_);
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Hold(node);
  auto context = BackgroundContext();
  auto done = std::make_shared<std::promise<absl::Status>>();
  rig_.runtime.Spawn(
      rig_.reader->Read(context, Id(), 0, 900),
      [done](const absl::StatusOr<Bytes>& bytes) { done->set_value(bytes.status()); });
  const auto held = [this] {
    return rig_.storage->held("n1") + rig_.storage->held("n2") + rig_.storage->held("n3");
  };
  ASSERT_TRUE(GatewayRig::Until([&] { return held() == 1; }));
  rig_.clock.Advance(absl::Seconds(1));
  ASSERT_TRUE(GatewayRig::Until([&] { return held() == 2; }));
  context->cancellation->Cancel();
  EXPECT_TRUE(absl::IsCancelled(done->get_future().get()));
  EXPECT_TRUE(GatewayRig::Until([&] { return held() == 0; }));  // they end on another thread
  ExpectNobodyIsBlamed();
}

TEST_F(HedgedRead, AHandoffHasTheCopyThatTheMembersLack) {
  rig_.Install(GatewayRig::MapAt(5, 5));
  StoreEverywhere(data_);
  const auto handoffs = HandoffOrder(*rig_.maps->Current(), PartitionOfId());
  v1::ClusterMap map = GatewayRig::MapAt(6, 5);
  for (int i = 0; i < 2; ++i) map.mutable_nodes(i)->set_down(true);
  rig_.Install(map);
  ASSERT_TRUE(Write(data_).ok());  // to node 3 and both handoffs
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Forget(node);
  rig_.storage->Forget(EndpointOf(handoffs[0]));
  const auto bytes = Read(100, 200);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, data_.Subcord(100, 200));
}

TEST_F(HedgedRead, AsksLeavingAndIncomingNodesBeforeHandoffs) {
  StoreEverywhere(data_);
  v1::ClusterMap map = GatewayRig::MapAt(6, 5);
  for (auto& entry : *map.mutable_partitions()) {
    entry.clear_serving();
    for (uint64_t id : {1, 2}) entry.add_serving(id);
    entry.add_leaving(3);
    entry.add_incoming(4);
  }
  rig_.Install(map);
  for (const char* node : {"n1", "n2"}) rig_.storage->Forget(node);
  ASSERT_TRUE(Read(0, 10).ok());
  EXPECT_EQ(rig_.storage->gets("n3"), 1);
  EXPECT_EQ(rig_.storage->gets("n4"), 0);
  rig_.storage->Forget("n3");
  EXPECT_EQ(ReasonOf(Read(0, 10).status()), v1::DATA_UNAVAILABLE);
  EXPECT_EQ(rig_.storage->gets("n3"), 2) << "each is asked once";
  EXPECT_EQ(rig_.storage->gets("n4"), 1);
  EXPECT_EQ(rig_.storage->gets("n5"), 1);
}

TEST_F(HedgedRead, AsksOnceMoreUnderANewerMapWhenNobodyHasIt) {
  rig_.Install(GatewayRig::MapAt(5, 5));
  StoreEverywhere(data_);
  v1::ClusterMap map = GatewayRig::MapAt(6, 5);
  for (int i = 0; i < 5; ++i) map.mutable_nodes(i)->set_endpoint(absl::StrCat("m", i + 1));
  rig_.cluster->set_map(GatewayRig::MapAt(6, 5));
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Forget(node);
  const int before = rig_.cluster->map_calls();
  const auto bytes = Read(0, 10);
  EXPECT_EQ(ReasonOf(bytes.status()), v1::DATA_UNAVAILABLE);
  EXPECT_EQ(rig_.cluster->map_calls(), before + 1);
  EXPECT_EQ(Gets(), 10) << "five under each map";
  EXPECT_EQ(ReasonOf(Read(0, 10).status()), v1::DATA_UNAVAILABLE);
  EXPECT_EQ(Gets(), 15) << "no newer map, no second round";
}

TEST_F(HedgedRead, ANodeThatKnowsANewerMapMakesTheReadLookAtIt) {
  rig_.Install(GatewayRig::MapAt(5, 5));
  v1::ClusterMap map = GatewayRig::MapAt(6, 5);
  for (auto& entry : *map.mutable_partitions()) {
    entry.clear_serving();
    for (uint64_t id : {3, 4, 5}) entry.add_serving(id);
  }
  rig_.Install(map);
  ASSERT_TRUE(Write(data_).ok());
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  for (const char* node : {"n1", "n2", "n3", "n4", "n5"}) {
    rig_.storage->Set(node, {.least_epoch = 7});
  }
  map.set_epoch(7);
  for (auto& entry : *map.mutable_partitions()) entry.set_epoch(7);
  rig_.cluster->set_map(map);
  const auto bytes = Read(0, 10);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(rig_.maps->Current()->epoch(), Epoch(7));
}

TEST_F(HedgedRead, NodesThatAreDownOrBrokenComeLastOfTheirKind) {
  StoreEverywhere(data_);
  v1::ClusterMap map = GatewayRig::MapAt(6, 3);
  map.mutable_nodes(static_cast<int>(Id().version.sequence % 3))->set_down(true);
  rig_.Install(map);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Read(0, 10).ok());
  EXPECT_EQ(rig_.storage->gets(First()), 0);
  for (const char* node : {"n1", "n2", "n3"}) {
    if (node != First()) rig_.storage->Forget(node);
  }
  EXPECT_TRUE(Read(0, 10).ok()) << "it is asked all the same before the read fails";
}

TEST_F(HedgedRead, NamesEveryNodeThatWasAsked) {
  rig_.Install(GatewayRig::MapAt(5, 5));
  const auto bytes = Read(0, 10);
  for (uint64_t id = 1; id <= 5; ++id) {
    EXPECT_THAT(std::string(bytes.status().message()), HasSubstr(ToString(NodeId(id))));
  }
}

}  // namespace
}  // namespace trebol
