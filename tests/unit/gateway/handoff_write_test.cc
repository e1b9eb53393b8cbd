// Writes while nodes are away, full, behind or about to change places.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/cluster/placement.h"
#include "tests/unit/gateway/replicas.h"

namespace trebol {
namespace {

class HandoffWrite : public Replicas {
 protected:
  HandoffWrite() { Install(GatewayRig::MapAt(5, 5)); }

  void Install(v1::ClusterMap map) {
    rig_.Install(std::move(map));
    handoffs_ = HandoffOrder(*rig_.maps->Current(), PartitionOfId());
  }
  v1::ClusterMap WithDown(std::vector<int> nodes, uint64_t epoch = 6) {
    v1::ClusterMap map = GatewayRig::MapAt(epoch, 5);
    for (int node : nodes) map.mutable_nodes(node - 1)->set_down(true);
    return map;
  }
  bool Stored(NodeId node) {
    return GatewayRig::Until([&] { return rig_.storage->Has(EndpointOf(node), Id()); });
  }
  /// For whom the copy was that this node was sent last; nothing if it was sent none.
  std::optional<uint64_t> HintTo(NodeId node) {
    std::optional<uint64_t> hint;
    for (const auto& header : rig_.storage->put_headers()) {
      if (header.node() == node.value) hint = header.hint_for();
    }
    return hint;
  }
  bool AllEnded() {
    return GatewayRig::Until([&] { return rig_.memory_in_use() == 0; });
  }

  std::vector<NodeId> handoffs_;
};

TEST_F(HandoffWrite, AMemberThatTheMapCallsDownIsReplaced) {
  Install(WithDown({2}));
  ASSERT_TRUE(Write(data_).ok());
  EXPECT_TRUE(Stored(NodeId(1)));
  EXPECT_TRUE(Stored(NodeId(3)));
  EXPECT_TRUE(Stored(handoffs_[0]));
  EXPECT_EQ(HintTo(handoffs_[0]), 2u);
  EXPECT_EQ(HintTo(NodeId(1)), 0u);
  EXPECT_EQ(rig_.storage->puts("n2"), 0);
  EXPECT_EQ(rig_.metrics->handoff_copies.value(), 1u);
  EXPECT_EQ(rig_.metrics->degraded_writes.value(), 0u);
}

TEST_F(HandoffWrite, AMemberWhoseBreakerIsOpenIsReplacedUntilItIsProbed) {
  Break(2);
  ASSERT_TRUE(Write(data_).ok());
  ASSERT_TRUE(AllEnded());
  EXPECT_EQ(rig_.storage->puts("n2"), 0);
  EXPECT_EQ(HintTo(handoffs_[0]), 2u);
  rig_.clock.Advance(absl::Seconds(7));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Write(data_).ok());
    ASSERT_TRUE(AllEnded());
  }
  EXPECT_EQ(rig_.storage->puts("n2"), 3);
  EXPECT_EQ(rig_.nodes->Views()[1].breaker, CircuitBreaker::State::kClosed);
}

TEST_F(HandoffWrite, WithoutAFourthNodeTwoCopiesAreEnoughAndCountAsDegraded) {
  v1::ClusterMap map = GatewayRig::MapAt(6, 3);
  map.mutable_nodes(1)->set_down(true);
  Install(map);
  ASSERT_TRUE(Write(data_).ok());
  EXPECT_TRUE(AllEnded());
  EXPECT_EQ(rig_.storage->puts("n2"), 0);
  EXPECT_EQ(rig_.metrics->degraded_writes.value(), 1u);
}

TEST_F(HandoffWrite, AMemberThatFailsWhileTheWriteRunsIsReplacedBeforeW) {
  rig_.storage->Set("n2", {.put = absl::UnavailableError("connection refused")});
  rig_.storage->Hold("n3");
  ASSERT_TRUE(Write(data_).ok()) << "one member and a handoff are W";
  EXPECT_TRUE(rig_.storage->Has("n1", Id()));
  EXPECT_TRUE(rig_.storage->Has(EndpointOf(handoffs_[0]), Id()));
  EXPECT_EQ(HintTo(handoffs_[0]), 2u);
  rig_.storage->Release("n3");
  EXPECT_TRUE(AllEnded());
}

TEST_F(HandoffWrite, TwoMembersThatFailAreBothReplaced) {
  for (const char* node : {"n1", "n2"}) {
    rig_.storage->Set(node, {.put = absl::DeadlineExceededError("nothing came")});
  }
  ASSERT_TRUE(Write(data_).ok());
  EXPECT_TRUE(Stored(NodeId(3)));
  EXPECT_TRUE(rig_.storage->Has(EndpointOf(handoffs_[0]), Id()) ||
              rig_.storage->Has(EndpointOf(handoffs_[1]), Id()));
  EXPECT_TRUE(AllEnded());
}

TEST_F(HandoffWrite, AFullMemberIsReplaced) {
  const auto full = MakeError(absl::StatusCode::kResourceExhausted, v1::DISK_FULL, "disk full");
  rig_.storage->Set("n2", {.put = full});
  rig_.storage->Set("n3", {.put = full});
  ASSERT_TRUE(Write(data_).ok());
  EXPECT_TRUE(AllEnded());
  EXPECT_EQ(rig_.storage->puts("n2"), 1) << "a full disk is no accident that a repeat mends";
}

TEST_F(HandoffWrite, AHandoffThatFailsIsReplacedByTheNext) {
  Install(WithDown({1}));
  rig_.storage->Set(EndpointOf(handoffs_[0]), {.put = absl::UnavailableError("gone")});
  rig_.storage->Set("n2", {.put = absl::UnavailableError("gone")});
  ASSERT_TRUE(Write(data_).ok());
  EXPECT_TRUE(rig_.storage->Has("n3", Id()));
  EXPECT_TRUE(rig_.storage->Has(EndpointOf(handoffs_[1]), Id()));
  EXPECT_TRUE(AllEnded());
}

TEST_F(HandoffWrite, NobodyStandsInWhenTheWriteItselfIsRefused) {
  const auto deleted =
      MakeError(absl::StatusCode::kFailedPrecondition, v1::VERSION_DELETED, "a tombstone");
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Set(node, {.put = deleted});
  EXPECT_EQ(ReasonOf(Write(data_)), v1::QUORUM_NOT_MET);
  EXPECT_TRUE(AllEnded());
  for (NodeId handoff : handoffs_) EXPECT_EQ(rig_.storage->puts(EndpointOf(handoff)), 0);
}

TEST_F(HandoffWrite, AMemberWhoseBreakerIsOpenTakesItRatherThanThatTheWriteFails) {
  Install(GatewayRig::MapAt(6, 3));
  Break(2);
  rig_.storage->Set("n3", {.put = absl::UnavailableError("connection refused")});
  ASSERT_TRUE(Write(data_).ok());
  EXPECT_TRUE(rig_.storage->Has("n2", Id()));
  EXPECT_TRUE(AllEnded());
}

TEST_F(HandoffWrite, AnIncomingMemberCountsForW) {
  v1::ClusterMap map = GatewayRig::MapAt(6, 5);
  for (auto& entry : *map.mutable_partitions()) entry.add_incoming(4);
  Install(map);
  for (const char* node : {"n1", "n2"}) rig_.storage->Hold(node);
  ASSERT_TRUE(Write(data_).ok());
  EXPECT_TRUE(rig_.storage->Has("n3", Id()));
  EXPECT_TRUE(rig_.storage->Has("n4", Id()));
  EXPECT_EQ(HintTo(NodeId(4)), 0u);
  for (const char* node : {"n1", "n2"}) rig_.storage->Release(node);
  EXPECT_TRUE(AllEnded());
}

TEST_F(HandoffWrite, ANodeThatIsBehindIsToldTheEntryAtOnce) {
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Set(node, {.known_epoch = 4});
  ASSERT_TRUE(Write(data_).ok());
  ASSERT_TRUE(AllEnded());
  int with_entry = 0;
  for (const auto& header : rig_.storage->put_headers()) {
    if (!header.has_entry()) continue;
    ++with_entry;
    EXPECT_EQ(header.entry().epoch(), 5u);
    EXPECT_EQ(header.entry().partition(), header.partition());
    EXPECT_EQ(header.entry().serving_size(), 3);
  }
  EXPECT_GE(with_entry, 2);
  EXPECT_EQ(rig_.metrics->retries.value(), 0u) << "that is no repeat of a failure";
  for (NodeId handoff : handoffs_) EXPECT_EQ(rig_.storage->puts(EndpointOf(handoff)), 0);
}

TEST_F(HandoffWrite, AStaleWriteBeginsAgainWithTheMembersOfTheNewEpoch) {
  // One copy under epoch 5 is taken before node 2 says that 6 is there: it does not count.
  v1::ClusterMap next = GatewayRig::MapAt(6, 5);
  for (auto& entry : *next.mutable_partitions()) {
    entry.clear_serving();
    for (uint64_t id : {2, 4, 5}) entry.add_serving(id);
  }
  rig_.storage->Hold("n2");
  rig_.storage->Hold("n3");
  for (const char* node : {"n2", "n4", "n5"}) rig_.storage->Set(node, {.least_epoch = 6});
  rig_.cluster->set_map(next);
  auto write = StartWrite(data_);
  ASSERT_TRUE(GatewayRig::Until([&] {
    return rig_.storage->Has("n1", Id()) && rig_.storage->held("n2") == 1 &&
           rig_.storage->held("n3") == 1;
  }));
  rig_.storage->Hold("n4");
  rig_.storage->Hold("n5");
  rig_.storage->Release("n2");
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->Has("n2", Id()); }));
  EXPECT_EQ(write.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout)
      << "of the new members only one has it";
  rig_.storage->Release("n4");
  EXPECT_TRUE(write.get().ok());
  EXPECT_TRUE(rig_.storage->Has("n4", Id()));
  rig_.storage->Release("n5");
  rig_.storage->Release("n3");
  EXPECT_TRUE(AllEnded());
}

TEST_F(HandoffWrite, GivesUpWhenTheEpochIsNeverTheNodes) {
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Set(node, {.least_epoch = 99});
  const absl::Status status = Write(data_);
  EXPECT_EQ(ReasonOf(status), v1::QUORUM_NOT_MET) << status;
  EXPECT_TRUE(AllEnded());
}

TEST_F(HandoffWrite, IsRefusedForAsLongAsTheBusiestNodeWantsToBeLeftAlone) {
  Install(GatewayRig::MapAt(6, 3));
  const absl::Status full =
      MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED, "the queue is full");
  for (uint64_t node = 1; node <= 3; ++node) {
    rig_.storage->Set(EndpointOf(NodeId(node)),
                      {.put = WithRetryAfter(full, absl::Milliseconds(node % 3 * 100 + 50))});
  }
  const absl::Status status = Write(data_);
  EXPECT_EQ(ReasonOf(status), v1::OVERLOADED) << status;
  // Two refusals decide; of any two the longer is one of these.
  EXPECT_GE(RetryAfterOf(status).value_or(absl::ZeroDuration()), absl::Milliseconds(150));
  EXPECT_TRUE(AllEnded());
}

TEST_F(HandoffWrite, RetriesEndWithTheirBudget) {
  Install(GatewayRig::MapAt(6, 3));
  rig_.storage->Set("n2", {.put = MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED,
                                            "the queue is full")});
  std::vector<std::future<absl::Status>> writes;
  for (int i = 0; i < 120; ++i) writes.push_back(StartWrite(data_));
  for (auto& write : writes) EXPECT_TRUE(write.get().ok());
  ASSERT_TRUE(AllEnded());
  EXPECT_GT(rig_.metrics->retries_refused.value(), 0u);
  EXPECT_GE(rig_.metrics->retries.value(), 100u) << "the burst";
}

}  // namespace
}  // namespace trebol
