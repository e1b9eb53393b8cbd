#include "metadata/cluster/map_keeper.h"

#include <random>

#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/seed.h"
#include "tests/unit/metadata_cluster/watched_cluster.h"

namespace trebol {
namespace {

using ::testing::IsEmpty;

constexpr uint32_t kPartitions = 64;

class MapKeeperTest : public ::testing::Test {
 protected:
  bool Second() {
    cluster_.clock().Advance(absl::Seconds(1));
    cluster_.Beat();
    auto change = keeper_.Tick(cluster_.clock().Now(), *cluster_.map(), cluster_.monitor());
    EXPECT_TRUE(change.ok()) << change.status();
    if (!change.ok() || !change->has_value()) return false;
    cluster_.Apply(**change);
    return true;
  }
  void Seconds(int seconds) {
    for (int i = 0; i < seconds; ++i) Second();
  }
  /// Nodes copy in no time: what is incoming is complete.
  void Copy() {
    for (const auto& node : cluster_.proto().nodes()) {
      v1::HeartbeatRequest& says = cluster_.Says(node.id());
      says.set_stray_epoch(cluster_.proto().epoch());
      says.clear_complete();
    }
    for (const v1::PartitionEntry& entry : cluster_.proto().partitions()) {
      for (const uint64_t node : entry.incoming()) {
        auto& complete = *cluster_.Says(node).add_complete();
        complete.set_partition(entry.partition());
        complete.set_epoch(entry.epoch());
      }
    }
  }
  /// Leaving nodes hold what they held.
  void HoldStrays() {
    for (const auto& node : cluster_.proto().nodes()) {
      cluster_.Says(node.id()).clear_stray_partitions();
      cluster_.Says(node.id()).set_stray_chunks(0);
    }
    for (const v1::PartitionEntry& entry : cluster_.proto().partitions()) {
      for (const uint64_t node : entry.leaving()) {
        cluster_.Says(node).add_stray_partitions(entry.partition());
        cluster_.Says(node).set_stray_chunks(1);
      }
    }
  }
  bool AtRest() const { return std::ranges::none_of(cluster_.map()->table(), IsMoving); }

  WatchedCluster cluster_{6, kPartitions};
  MapKeeper keeper_{{.out_after = absl::Seconds(60)}};
};

TEST_F(MapKeeperTest, ChangesNothingWhileAllIsWell) {
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(Second());
}

TEST_F(MapKeeperTest, SaysWhoIsDownAndMovesNothingForIt) {
  Seconds(10);
  cluster_.Silence(2);
  Seconds(10);
  EXPECT_TRUE(cluster_.Node(2).down());
  EXPECT_TRUE(AtRest());
  cluster_.Revive(2);
  Seconds(5);
  EXPECT_FALSE(cluster_.Node(2).down());
}

TEST_F(MapKeeperTest, RepairsWhatANodeHeldThatIsOut) {
  Seconds(10);
  const int held = cluster_.Named(2);
  ASSERT_GT(held, 0);
  cluster_.Silence(2);
  Seconds(70);
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::OUT);
  EXPECT_FALSE(cluster_.Node(2).removed());
  EXPECT_EQ(cluster_.Named(2), 0);
  EXPECT_FALSE(AtRest());
  for (int i = 0; i < 5; ++i) {
    Copy();
    Second();
  }
  EXPECT_TRUE(AtRest());
  const auto map = cluster_.map();
  for (const ReplicaSet& set : map->table()) EXPECT_EQ(set.serving.size(), 3u);
}

TEST_F(MapKeeperTest, CountsWhatHasMoved) {
  Seconds(10);
  cluster_.Node(2).set_state(v1::ClusterNode::DRAINING);
  Second();
  Second();
  const auto moving = std::ranges::count_if(cluster_.map()->table(), IsMoving);
  ASSERT_GT(moving, 1);
  EXPECT_EQ(keeper_.moved(), 0u);
  for (int i = 0; i < 3; ++i) {
    Copy();
    cluster_.Says(1).clear_complete();  // one incoming node is slower than the others
    Second();
  }
  EXPECT_GT(keeper_.moved(), 0u);
  EXPECT_EQ(keeper_.moved() + std::ranges::count_if(cluster_.map()->table(), IsMoving), moving);
  for (int i = 0; i < 5; ++i) {
    Copy();
    Second();
  }
  EXPECT_EQ(keeper_.moved(), 0u);
}

TEST_F(MapKeeperTest, ADrainEndsWhenTheNodeHoldsNothing) {
  Seconds(10);
  cluster_.Node(2).set_state(v1::ClusterNode::DRAINING);
  Second();
  EXPECT_GT(cluster_.Named(2), 0);
  HoldStrays();
  for (int i = 0; i < 5; ++i) {
    Copy();
    Second();
  }
  EXPECT_GT(cluster_.Named(2), 0) << "it holds strays, and readers may need them";
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::DRAINING);
  cluster_.Says(2).clear_stray_partitions();
  Copy();
  Second();
  EXPECT_EQ(cluster_.Named(2), 0);
  Seconds(2);
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::DRAINING) << "it holds a chunk";
  cluster_.Says(2).set_stray_chunks(0);
  cluster_.Says(2).set_stray_epoch(cluster_.proto().epoch() - 1);
  Seconds(2);
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::DRAINING) << "it has not looked since";
  cluster_.Says(2).set_stray_epoch(cluster_.proto().epoch());
  Seconds(2);
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::DRAINED);
}

TEST_F(MapKeeperTest, ARemovedNodeIsOutWhenItIsDrained) {
  Seconds(10);
  cluster_.Node(2).set_state(v1::ClusterNode::DRAINING);
  cluster_.Node(2).set_removed(true);
  for (int i = 0; i < 6; ++i) {
    Copy();
    Second();
  }
  EXPECT_EQ(cluster_.Node(2).state(), v1::ClusterNode::OUT);
}

TEST_F(MapKeeperTest, FinishesWhatWasCutOff) {
  Seconds(10);
  // Of the commands that take node 7 in, only the first came.
  cluster_.AddNode(7, v1::ClusterNode::WAITING);
  v1::PartitionEntry& entry = *cluster_.proto().mutable_partitions(0);
  entry.add_leaving(entry.serving(0));
  entry.set_serving(0, entry.serving(2));
  entry.mutable_serving()->RemoveLast();
  entry.add_incoming(7);
  Second();
  EXPECT_EQ(cluster_.Node(7).state(), v1::ClusterNode::ACTIVE);
}

TEST_F(MapKeeperTest, PlansAgainWhenTooFewMembersAreThere) {
  Seconds(10);
  cluster_.proto().mutable_partitions(5)->mutable_serving()->RemoveLast();
  Second();
  EXPECT_EQ(MembersOf(cluster_.map()->Replicas(PartitionId(5))).size(), 3u);
}

TEST_F(MapKeeperTest, SaysWhyThereIsNoPlan) {
  Seconds(10);
  for (uint64_t node = 1; node <= 6; ++node) {
    cluster_.Node(node).set_state(v1::ClusterNode::DRAINING);
  }
  const auto change = keeper_.Tick(cluster_.clock().Now(), *cluster_.map(), cluster_.monitor());
  EXPECT_EQ(change.status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(InCommands, SplitsWhatDoesNotFitAndTakesNodesInAtTheEnd) {
  WatchedCluster cluster(4, 16'384, 7);
  v1::ClusterNode fresh = cluster.AddNode(5);
  fresh.set_state(v1::ClusterNode::ACTIVE);
  v1::ClusterNode drained = cluster.Node(1);
  drained.set_state(v1::ClusterNode::DRAINING);
  std::vector<ReplicaSet> sets = cluster.map()->table();
  for (ReplicaSet& set : sets) set.leaving = {NodeId(~0ull), NodeId(~1ull), NodeId(~2ull)};
  const auto commands = InCommands(*cluster.map(), {fresh, drained}, sets);
  ASSERT_GT(commands.size(), 1u);
  uint32_t next = 0;
  for (size_t i = 0; i < commands.size(); ++i) {
    EXPECT_LE(commands[i].ByteSizeLong(), kMaxTransactionSize);
    EXPECT_EQ(commands[i].expected_epoch(), cluster.proto().epoch() + i);
    for (const auto& entry : commands[i].partitions()) EXPECT_EQ(entry.partition(), next++);
  }
  EXPECT_EQ(next, sets.size());
  ASSERT_EQ(commands.front().nodes_size(), 1);
  EXPECT_EQ(commands.front().nodes(0).id(), 1u);
  ASSERT_EQ(commands.back().nodes_size(), 1);
  EXPECT_EQ(commands.back().nodes(0).id(), 5u);
}

/// Nodes die and come back, are drained and taken in; whatever happens, the map comes to rest.
TEST_F(MapKeeperTest, ComesToRestAfterAnything) {
  std::mt19937_64 random(TestSeed());
  int moved = 0;
  for (int step = 0; step < 600; ++step) {
    const uint64_t node = 1 + random() % cluster_.proto().nodes_size();
    switch (random() % 10) {
      case 0:
        cluster_.Silence(node);
        break;
      case 1:
      case 2:
      case 3:
        cluster_.Revive(node);
        break;
      case 4:
        if (cluster_.proto().nodes_size() < 12) {
          cluster_.AddNode(cluster_.proto().nodes_size() + 1, v1::ClusterNode::ACTIVE);
        }
        break;
      case 5:
        if (cluster_.Node(node).state() == v1::ClusterNode::ACTIVE && random() % 8 == 0) {
          cluster_.Node(node).set_state(v1::ClusterNode::DRAINING);
        }
        break;
      default:
        break;
    }
    HoldStrays();
    if (random() % 2 == 0) Copy();
    const uint64_t epoch = cluster_.proto().epoch();
    const bool changed = Second();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_EQ(cluster_.proto().epoch(), epoch + (changed ? 1 : 0));
    moved += AtRest() ? 0 : 1;
  }
  for (uint64_t node = 1; node <= static_cast<uint64_t>(cluster_.proto().nodes_size()); ++node) {
    cluster_.Revive(node);
  }
  for (auto& node : cluster_.proto().nodes()) cluster_.Says(node.id()).Clear();
  for (int i = 0; i < 30; ++i) {
    Copy();
    Second();
  }
  EXPECT_TRUE(AtRest());
  EXPECT_GT(moved, 20) << "nothing moved";
  size_t eligible = 0;
  for (const auto& node : cluster_.proto().nodes()) {
    EXPECT_FALSE(node.down() && node.state() != v1::ClusterNode::OUT);
    EXPECT_NE(node.state(), v1::ClusterNode::DRAINING);
    eligible += node.state() == v1::ClusterNode::ACTIVE ? 1 : 0;
    if (node.state() != v1::ClusterNode::ACTIVE) EXPECT_EQ(cluster_.Named(node.id()), 0);
  }
  const auto map = cluster_.map();
  for (const ReplicaSet& set : map->table()) {
    EXPECT_EQ(set.serving.size(), std::min<size_t>(3, eligible));
  }
  EXPECT_FALSE(Second());
}

}  // namespace
}  // namespace trebol
