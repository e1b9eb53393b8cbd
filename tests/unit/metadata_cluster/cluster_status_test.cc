#include "metadata/cluster/cluster_status.h"

#include "absl/strings/str_join.h"
#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

constexpr Instant kNow{absl::Hours(1)};

class ClusterStatusTest : public ::testing::Test {
 protected:
  ClusterStatusTest() {
    map_.set_epoch(3);
    map_.mutable_constants()->set_partitions(1);
    map_.mutable_constants()->set_copies(3);
    map_.mutable_constants()->set_write_quorum(2);
    map_.mutable_constants()->set_initial_nodes(3);
    *cluster_.mutable_constants() = map_.constants();
    v1::PartitionEntry& entry = *map_.add_partitions();
    entry.set_epoch(3);
    for (uint64_t id = 1; id <= 3; ++id) {
      v1::ClusterNode& node = *map_.add_nodes();
      node.set_id(id);
      node.set_endpoint("127.0.0.1:" + std::to_string(id));
      node.set_weight(1);
      node.set_state(v1::ClusterNode::ACTIVE);
      entry.add_serving(id);
      v1::NodeRow& row = nodes_.emplace_back();
      row.mutable_registration()->set_node_id(id);
      row.set_incarnation(1);
    }
  }
  void Beat(uint64_t id, bool writes_refused = false, bool failed = false) {
    v1::HeartbeatRequest request;
    request.set_node_id(id);
    request.set_incarnation(1);
    request.set_writes_refused(writes_refused);
    request.set_store_failed(failed);
    ASSERT_TRUE(monitor_.Heartbeat(request, nodes_[id - 1], kNow).ok());
  }
  v1::ClusterStatus Assemble() {
    const auto map = ClusterMap::FromProto(map_);
    EXPECT_TRUE(map.ok()) << map.status();
    ClusterFacts facts{cluster_, **map, nodes_, monitor_};
    facts.now = kNow;
    facts.kept = kept_;
    facts.lost_chunks = lost_chunks_;
    return AssembleStatus(facts);
  }
  static std::string Reasons(const v1::ClusterStatus& status) {
    return absl::StrJoin(status.reasons(), "\n");
  }

  v1::ClusterRow cluster_;
  v1::ClusterMap map_;
  std::vector<v1::NodeRow> nodes_;
  NodeMonitor monitor_;
  KeptMap kept_;
  uint64_t lost_chunks_ = 0;
};

TEST_F(ClusterStatusTest, IsHealthyWithAllNodes) {
  for (uint64_t id = 1; id <= 3; ++id) Beat(id);
  const v1::ClusterStatus status = Assemble();
  EXPECT_EQ(status.health(), v1::ClusterStatus::HEALTHY) << Reasons(status);
  EXPECT_EQ(status.reasons_size(), 0);
  EXPECT_EQ(status.nodes(0).partitions(), 1u);
  EXPECT_EQ(status.nodes(0).liveness(), v1::NodeStatus::UP);
}

TEST_F(ClusterStatusTest, IsNotHealthyWhileAChunkIsLost) {
  for (uint64_t id = 1; id <= 3; ++id) Beat(id);
  lost_chunks_ = 1;
  EXPECT_EQ(Assemble().health(), v1::ClusterStatus::DEGRADED);
}

TEST_F(ClusterStatusTest, IsDegradedWithoutOneNodeAndNamesIt) {
  Beat(1);
  Beat(2);
  const v1::ClusterStatus status = Assemble();
  EXPECT_EQ(status.health(), v1::ClusterStatus::DEGRADED);
  EXPECT_EQ(status.degraded_partitions(), 1u);
  EXPECT_EQ(status.unavailable_partitions(), 0u);
  EXPECT_EQ(status.nodes(2).liveness(), v1::NodeStatus::DOWN);
  EXPECT_EQ(status.nodes(2).heartbeat_age_seconds(), -1);
  EXPECT_THAT(Reasons(status), HasSubstr("127.0.0.1:3"));
}

TEST_F(ClusterStatusTest, IsUnavailableWithoutTwoWritableNodes) {
  Beat(1);
  Beat(2, /*writes_refused=*/true);
  Beat(3, false, /*failed=*/true);
  const v1::ClusterStatus status = Assemble();
  EXPECT_EQ(status.health(), v1::ClusterStatus::UNAVAILABLE);
  EXPECT_THAT(Reasons(status), HasSubstr("refuses writes"));
  EXPECT_THAT(Reasons(status), HasSubstr("failed flush"));
}

TEST_F(ClusterStatusTest, CountsCopiesInDoubtAsMissing) {
  for (uint64_t id = 1; id <= 3; ++id) Beat(id);
  nodes_[1].set_reconciling(true);
  const v1::ClusterStatus status = Assemble();
  EXPECT_EQ(status.health(), v1::ClusterStatus::DEGRADED);
  EXPECT_EQ(status.nodes(1).liveness(), v1::NodeStatus::RECONCILING);
}

TEST_F(ClusterStatusTest, SuspectsANodeBeforeTheMapSaysThatItIsDown) {
  v1::HeartbeatRequest late;
  late.set_node_id(3);
  late.set_incarnation(1);
  ASSERT_TRUE(monitor_.Heartbeat(late, nodes_[2], kNow - absl::Seconds(20)).ok());
  Beat(1);
  Beat(2);
  EXPECT_EQ(Assemble().nodes(2).liveness(), v1::NodeStatus::SUSPECT);
  map_.mutable_nodes(2)->set_down(true);
  kept_.down[NodeId(3)] = {absl::Minutes(4), absl::Minutes(6), ""};
  v1::ClusterStatus status = Assemble();
  EXPECT_EQ(status.nodes(2).liveness(), v1::NodeStatus::DOWN);
  EXPECT_EQ(status.nodes(2).down_seconds(), 240);
  EXPECT_EQ(status.nodes(2).out_in_seconds(), 360);
  EXPECT_THAT(Reasons(status), HasSubstr("has not been heard for 20 s and is down"));
  EXPECT_THAT(Reasons(status), HasSubstr("In 6 min it is given up (OUT)"));
  kept_.down[NodeId(3)] = {absl::Minutes(14), absl::InfiniteDuration(), "for a reason"};
  status = Assemble();
  EXPECT_EQ(status.nodes(2).out_in_seconds(), -1);
  EXPECT_THAT(Reasons(status), HasSubstr("It is not given up: for a reason"));
}

TEST_F(ClusterStatusTest, IsNotHealthyWhileCopiesMove) {
  v1::ClusterNode& fourth = *map_.add_nodes();
  fourth = map_.nodes(0);
  fourth.set_id(4);
  nodes_.push_back(nodes_[0]);
  nodes_[3].mutable_registration()->set_node_id(4);
  map_.mutable_partitions(0)->add_leaving(4);
  for (uint64_t id = 1; id <= 4; ++id) Beat(id);
  kept_.moved = 3;
  const v1::ClusterStatus status = Assemble();
  EXPECT_EQ(status.health(), v1::ClusterStatus::DEGRADED);
  EXPECT_EQ(status.degraded_partitions(), 0u);
  EXPECT_EQ(status.moving_partitions(), 1u);
  EXPECT_EQ(status.moved_partitions(), 3u);
  EXPECT_EQ(status.nodes(3).leaving_partitions(), 1u);
  EXPECT_EQ(status.nodes(3).partitions(), 0u);
  EXPECT_THAT(Reasons(status), HasSubstr("75 % of this change is done"));
}

TEST_F(ClusterStatusTest, CountsOnIncomingNodesForWritesButNotForCopies) {
  map_.mutable_partitions(0)->mutable_serving()->Truncate(1);
  map_.mutable_partitions(0)->add_incoming(2);
  for (uint64_t id = 1; id <= 3; ++id) Beat(id);
  const v1::ClusterStatus status = Assemble();
  EXPECT_EQ(status.degraded_partitions(), 1u);
  EXPECT_EQ(status.unavailable_partitions(), 0u);
  EXPECT_EQ(status.nodes(1).partitions(), 1u);
  EXPECT_EQ(status.nodes(1).incoming_partitions(), 1u);
}

TEST_F(ClusterStatusTest, IsNotHealthyWhileCopiesAreMissing) {
  for (uint64_t id = 1; id <= 3; ++id) Beat(id);
  v1::HeartbeatRequest request;
  request.set_node_id(2);
  request.set_incarnation(1);
  request.set_missing_chunks(7);
  request.set_missing_bytes(7000);
  request.set_quarantined_chunks(1);
  ASSERT_TRUE(monitor_.Heartbeat(request, nodes_[1], kNow).ok());
  v1::ClusterStatus status = Assemble();
  EXPECT_EQ(status.health(), v1::ClusterStatus::DEGRADED);
  EXPECT_EQ(status.missing_chunks(), 7u);
  EXPECT_THAT(Reasons(status), HasSubstr("lacks 7 chunks (7000 bytes)"));
  EXPECT_THAT(Reasons(status), HasSubstr("found 1 bad copies"));
  Beat(2);
  request.Clear();
  request.set_node_id(3);
  request.set_incarnation(1);
  request.set_stray_chunks(4);
  ASSERT_TRUE(monitor_.Heartbeat(request, nodes_[2], kNow).ok());
  status = Assemble();
  EXPECT_EQ(status.health(), v1::ClusterStatus::HEALTHY) << "copies too many are none too few";
  EXPECT_EQ(status.stray_chunks(), 4u);
  EXPECT_THAT(Reasons(status), HasSubstr("holds 4 chunks for other nodes"));
}

TEST_F(ClusterStatusTest, TellsOfNodesThatAreOut) {
  v1::ClusterNode& fourth = *map_.add_nodes();
  fourth = map_.nodes(0);
  fourth.set_id(4);
  fourth.set_state(v1::ClusterNode::OUT);
  for (uint64_t id = 1; id <= 3; ++id) Beat(id);
  v1::ClusterStatus status = Assemble();
  EXPECT_EQ(status.health(), v1::ClusterStatus::HEALTHY);
  EXPECT_THAT(Reasons(status), HasSubstr("trebol node remove"));
  map_.mutable_nodes(3)->set_removed(true);
  EXPECT_EQ(Assemble().reasons_size(), 0);
  nodes_.push_back(nodes_[0]);
  Beat(4);
  EXPECT_THAT(Reasons(Assemble()), HasSubstr("was set OUT and lives"));
}

TEST_F(ClusterStatusTest, IsFormingBeforeTheFirstTable) {
  map_.clear_partitions();
  map_.mutable_nodes()->RemoveLast();
  Beat(1);
  monitor_.Registered(NodeId(2), kNow);
  v1::ClusterStatus status = Assemble();
  EXPECT_EQ(status.health(), v1::ClusterStatus::FORMING);
  EXPECT_THAT(Reasons(status), HasSubstr("waiting for 1 more of the 3"));
  monitor_.Registered(NodeId(2), kNow - kHeartbeatTimeout - absl::Seconds(1));
  status = Assemble();
  EXPECT_THAT(Reasons(status), HasSubstr("waiting for 2 more of the 3"));
}

}  // namespace
}  // namespace trebol
