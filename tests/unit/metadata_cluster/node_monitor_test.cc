#include "metadata/cluster/node_monitor.h"

#include "common/base/error.h"
#include "common/base/limits.h"
#include "gtest/gtest.h"
#include "metadata/cluster/session_settler.h"

namespace trebol {
namespace {

constexpr Instant kStart{absl::Hours(1)};

v1::HeartbeatRequest Beat(uint64_t node, uint64_t incarnation = 1) {
  v1::HeartbeatRequest request;
  request.set_node_id(node);
  request.set_incarnation(incarnation);
  return request;
}
v1::NodeRow Row(uint64_t incarnation = 1) {
  v1::NodeRow row;
  row.set_incarnation(incarnation);
  return row;
}

TEST(NodeMonitor, IsUpUntilHeartbeatsAreMissed) {
  NodeMonitor monitor;
  EXPECT_FALSE(monitor.IsUp(NodeId(1), kStart));
  ASSERT_TRUE(monitor.Heartbeat(Beat(1), Row(), kStart).ok());
  EXPECT_TRUE(monitor.IsUp(NodeId(1), kStart + kHeartbeatTimeout));
  EXPECT_FALSE(monitor.IsUp(NodeId(1), kStart + kHeartbeatTimeout + absl::Milliseconds(1)));
  EXPECT_TRUE(monitor.Find(NodeId(1)).has_value());
}

TEST(NodeMonitor, RefusesOtherStartsThanTheRegisteredOne) {
  NodeMonitor monitor;
  EXPECT_EQ(ReasonOf(monitor.Heartbeat(Beat(1, 1), Row(2), kStart)), v1::NODE_CONFLICT);
  EXPECT_EQ(ReasonOf(monitor.Heartbeat(Beat(1, 3), Row(2), kStart)), v1::NOT_REGISTERED);
  EXPECT_FALSE(monitor.Find(NodeId(1)).has_value());
}

TEST(NodeMonitor, SessionIsSettledWhenEveryNodeSaysSo) {
  NodeMonitor monitor;
  const std::vector<NodeId> nodes = {NodeId(1), NodeId(2)};
  const std::vector<SessionId> closed = {SessionId(7), SessionId(8)};
  v1::HeartbeatRequest one = Beat(1);
  one.add_settled_sessions(7);
  one.add_settled_sessions(8);
  ASSERT_TRUE(monitor.Heartbeat(one, Row(), kStart).ok());
  EXPECT_TRUE(SettledByAll(closed, nodes, monitor).empty());
  v1::HeartbeatRequest two = Beat(2);
  two.add_settled_sessions(8);
  ASSERT_TRUE(monitor.Heartbeat(two, Row(), kStart).ok());
  EXPECT_EQ(SettledByAll(closed, nodes, monitor), std::vector<SessionId>{SessionId(8)});
  EXPECT_TRUE(SettledByAll(closed, {}, monitor).empty());
  // What it no longer says does not hold any more.
  ASSERT_TRUE(monitor.Heartbeat(Beat(2), Row(), kStart).ok());
  EXPECT_TRUE(SettledByAll(closed, nodes, monitor).empty());
}

}  // namespace
}  // namespace trebol
