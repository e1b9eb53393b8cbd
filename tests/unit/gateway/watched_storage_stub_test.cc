#include "gateway/replication/watched_storage_stub.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/telemetry/registry.h"
#include "gateway/replication/describe_nodes.h"
#include "gateway/replication/node_probe.h"
#include "tests/unit/gateway/replicas.h"

namespace trebol {
namespace {

using Result = CircuitBreaker::Result;
using State = CircuitBreaker::State;

Result Says(const absl::Status& status, const RequestContext& context = {}) {
  return WhatItSaysOfTheNode(status, context);
}

absl::Status Error(absl::StatusCode code, ErrorReason reason) {
  return MakeError(code, reason, "so it is");
}

TEST(WhatItSaysOfTheNode, ARefusalTakesANodeAtWork) {
  EXPECT_EQ(Says(absl::OkStatus()), Result::kAnswered);
  EXPECT_EQ(Says(Error(absl::StatusCode::kNotFound, v1::CHUNK_NOT_FOUND)), Result::kAnswered);
  EXPECT_EQ(Says(Error(absl::StatusCode::kResourceExhausted, v1::DISK_FULL)), Result::kAnswered);
  EXPECT_EQ(Says(Error(absl::StatusCode::kUnavailable, v1::NOT_READY)), Result::kAnswered);
  EXPECT_EQ(Says(Error(absl::StatusCode::kUnavailable, v1::CHUNK_UNKNOWN)), Result::kAnswered);
  EXPECT_EQ(Says(absl::ResourceExhaustedError("too large")), Result::kAnswered);
}

TEST(WhatItSaysOfTheNode, FailuresAreToldFromBrokenConnections) {
  EXPECT_EQ(Says(absl::UnavailableError("connection refused")), Result::kUnreachable);
  EXPECT_EQ(Says(absl::DeadlineExceededError("nothing came")), Result::kFailed);
  EXPECT_EQ(Says(absl::InternalError("a bug")), Result::kFailed);
  EXPECT_EQ(Says(Error(absl::StatusCode::kUnavailable, v1::STORE_FAILED)), Result::kFailed);
}

TEST(WhatItSaysOfTheNode, BeingCalledOffSaysNothing) {
  RequestContext gone;
  gone.cancellation->Cancel();
  EXPECT_EQ(Says(absl::CancelledError("called off"), gone), Result::kGivenUp);
  RequestContext late;
  late.deadline = SystemClock().Now();
  EXPECT_EQ(Says(absl::DeadlineExceededError("too late"), late), Result::kGivenUp);
  EXPECT_EQ(Says(absl::CancelledError("by the server")), Result::kFailed);
}

class Watched : public Replicas {
 protected:
  State BreakerOf(uint64_t node) { return rig_.nodes->Views()[node - 1].breaker; }
};

TEST_F(Watched, APutAndAGetAreCounted) {
  StoreEverywhere(data_);
  for (int i = 0; i < 25; ++i) {
    ASSERT_TRUE(Write(data_).ok());
    ASSERT_TRUE(Read(0, 10).ok());
  }
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  const auto views = rig_.nodes->Views();
  EXPECT_TRUE(views[0].put_p95.has_value());
  EXPECT_TRUE(views[Id().version.sequence % 3].get_p95.has_value());
}

TEST_F(Watched, ANodeThatHangsIsFoundByTheWritesThatItHolds) {
  StoreEverywhere(data_);
  rig_.storage->Hold("n3");
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Write(data_).ok());
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->held("n3") == 20; }));
  rig_.clock.Advance(absl::Seconds(1));
  rig_.nodes->Tick();
  EXPECT_EQ(BreakerOf(3), State::kOpen);
  rig_.storage->Release("n3");
}

TEST_F(Watched, ANodeThatHangsIsFoundByReadsThatWereAnsweredByOthers) {
  StoreEverywhere(data_);
  NodeProbe probe(rig_.runtime, rig_.watched, rig_.maps, rig_.nodes);
  const uint64_t hung = 1 + Id().version.sequence % 3;
  const std::string endpoint = absl::StrCat("n", hung);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Read(0, 10).ok());
  rig_.nodes->Tick();
  rig_.storage->Hold(endpoint);
  const auto read = [&] {
    const int gets = rig_.storage->gets(endpoint);
    auto read = StartRead(0, 10);
    EXPECT_TRUE(GatewayRig::Until([&] { return rig_.storage->gets(endpoint) > gets; }));
    rig_.clock.Advance(absl::Milliseconds(10));
    EXPECT_TRUE(read.get().ok());
  };
  read();
  probe.Tick();
  probe.Tick();
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->held(endpoint) == 1; }));
  EXPECT_EQ(rig_.storage->stats(endpoint), 1) << "one at a time";
  rig_.clock.Advance(absl::Seconds(1));
  for (int i = 0; i < 40 && BreakerOf(hung) == State::kClosed; ++i) read();
  EXPECT_EQ(BreakerOf(hung), State::kOpen);
  rig_.storage->Release(endpoint);
  rig_.runtime.Drain();
}

TEST_F(Watched, ProbesCloseABreakerWithoutRequests) {
  NodeProbe probe(rig_.runtime, rig_.watched, rig_.maps, rig_.nodes);
  StoreEverywhere(data_);
  Break(2);
  probe.Tick();
  EXPECT_EQ(rig_.storage->stats("n2"), 0) << "it is left alone while its breaker is open";
  rig_.clock.Advance(absl::Seconds(7));
  for (int i = 0; i < 3; ++i) {
    probe.Tick();
    ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->stats("n2") == i + 1; }));
    rig_.runtime.Drain();
  }
  EXPECT_EQ(BreakerOf(2), State::kClosed);
  EXPECT_EQ(rig_.storage->stats("n1"), 0);
}

TEST_F(Watched, TheStatusSaysHowThisGatewayFindsTheNodes) {
  StoreEverywhere(data_);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Write(data_).ok());
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  Break(2);
  v1::ClusterStatus status;
  for (uint64_t id : {1, 2, 9}) status.add_nodes()->mutable_node()->set_id(id);
  Describe(*rig_.nodes, &status);
  EXPECT_EQ(status.nodes(0).breaker(), v1::NodeStatus::CLOSED);
  EXPECT_GT(status.nodes(0).latency_p95_seconds(), 0);
  EXPECT_EQ(status.nodes(1).breaker(), v1::NodeStatus::OPEN);
  EXPECT_EQ(status.nodes(2).breaker(), v1::NodeStatus::CLOSED) << "never called";
  EXPECT_EQ(status.nodes(2).latency_p95_seconds(), 0);
}

TEST_F(Watched, MetricsShowBreakersAndLatencies) {
  StoreEverywhere(data_);
  Break(2);
  rig_.metrics->Show(rig_.nodes->Views());
  rig_.metrics->Show(rig_.nodes->Views());
  const std::string page = rig_.registry.Render();
  const std::string node = "{node=\"0000000000000002\"}";
  EXPECT_THAT(page, testing::HasSubstr("trebol_gateway_node_breaker_state" + node + " 2\n"));
  EXPECT_THAT(page, testing::HasSubstr("trebol_gateway_node_ejected" + node + " 1\n"));
  EXPECT_THAT(page,
              testing::HasSubstr("trebol_gateway_node_breaker_openings_total" + node + " 1\n"));
  EXPECT_THAT(page, testing::HasSubstr("trebol_gateway_node_latency_seconds{call=\"put\","));
}

}  // namespace
}  // namespace trebol
