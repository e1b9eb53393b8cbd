// A member copies what others have and it lacks, and says that it is complete only when every other
// member and leaving node was compared at the epoch.
#include "storage-node/background/partition_sync.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "storage-node/service/chunk_calls.h"
#include "tests/unit/storage_background/node_rig.h"

namespace trebol {
namespace {

using Fate = NodeRig::Fate;
using testing::ElementsAre;
using testing::IsEmpty;

class PartitionSyncTest : public testing::Test {
 protected:
  PartitionSync::Report Tick(uint64_t node) {
    rig_.sync(node).Tick();
    return rig_.sync(node).report();
  }
  void Unreachable(uint64_t node) {
    rig_.network.fate = [endpoint = NodeRig::EndpointOf(node)](const std::string& to) {
      return to == endpoint ? Fate::kRequestLost : Fate::kDelivered;
    };
  }
  void Reachable() {
    rig_.network.fate = [](const std::string&) { return Fate::kDelivered; };
  }
  /// Node 5 comes for 4, which leaves.
  void Move() {
    rig_.Change({1, 2, 3}, {5}, {4});
    rig_.InstallAll();
  }
  std::pair<PartitionId, Epoch> Complete() { return {PartitionId(0), rig_.epoch()}; }

  NodeRig rig_{{1, 2, 3, 4}};
};

TEST_F(PartitionSyncTest, CopiesWhatMembersAndLeavingNodesHave) {
  rig_.Store(2, 1);
  rig_.Store(4, 2);  // nobody else has it
  Move();
  const auto report = Tick(5);
  EXPECT_TRUE(rig_.HasGood(5, 1));
  EXPECT_TRUE(rig_.HasGood(5, 2));
  EXPECT_EQ(report.copied_chunks, 2u);
  EXPECT_THAT(report.complete, ElementsAre(Complete()));
  Tick(1);
  EXPECT_TRUE(rig_.HasGood(1, 2)) << "a serving member is owed it as well";
}

TEST_F(PartitionSyncTest, IsNotCompleteWhileOnePeerWasNotCompared) {
  rig_.Store(4, 1);
  Move();
  Unreachable(4);
  EXPECT_THAT(Tick(5).complete, IsEmpty());
  Reachable();
  EXPECT_THAT(Tick(5).complete, ElementsAre(Complete()));
  EXPECT_TRUE(rig_.Has(5, 1));
}

TEST_F(PartitionSyncTest, WaitsForAPeerThatIsDownAndNotForOneThatIsOut) {
  Move();
  rig_.SetDown(4, true);
  rig_.InstallAll();
  EXPECT_THAT(Tick(5).complete, IsEmpty());
  rig_.SetOut(4);
  rig_.InstallAll();
  EXPECT_EQ(Tick(5).complete.size(), 1u);
}

TEST_F(PartitionSyncTest, IsNotCompleteBeforeAPeerKnowsTheMap) {
  rig_.Change({1, 2, 3}, {5}, {4});
  for (const uint64_t node : {1, 2, 3, 5}) rig_.Install(node);
  EXPECT_THAT(Tick(5).complete, IsEmpty()) << "4 may take writes that 5 never hears of";
  rig_.Install(4);
  EXPECT_EQ(Tick(5).complete.size(), 1u);
}

TEST_F(PartitionSyncTest, IsNotCompleteUnderAnEpochThatAPeerHasLeft) {
  rig_.Change({1, 2, 3}, {5}, {4});
  rig_.InstallAll();
  const uint64_t behind = 5;
  rig_.Change({1, 2}, {5}, {3, 4});
  for (const uint64_t node : {1, 2, 3, 4}) rig_.Install(node);
  EXPECT_THAT(Tick(behind).complete, IsEmpty());
  rig_.Install(behind);
  EXPECT_THAT(Tick(behind).complete, ElementsAre(Complete()));
}

TEST_F(PartitionSyncTest, ATombstoneBarsAPull) {
  rig_.Store(2, 1);
  rig_.Delete(1, 1);
  EXPECT_EQ(Tick(1).copied_chunks, 0u);
  EXPECT_FALSE(rig_.Has(1, 1));
  EXPECT_TRUE(rig_.Has(2, 1));
}

TEST_F(PartitionSyncTest, ABadCopyIsReplacedAndIsNoSource) {
  for (const uint64_t node : {1, 2, 3, 4}) rig_.Store(node, 1);
  for (const uint64_t node : {1, 2}) rig_.store(node).Spoil(NodeRig::Chunk(1));
  EXPECT_FALSE(rig_.HasGood(1, 1));  // read, and so found to be bad; nobody has read that of 2
  for (int i = 0; i < 2; ++i) Tick(1);
  EXPECT_TRUE(rig_.HasGood(1, 1));
  for (int i = 0; i < 2; ++i) {
    rig_.clock.Advance(PartitionSync::Options().interval);
    Tick(2);
  }
  EXPECT_TRUE(rig_.HasGood(2, 1));
}

TEST_F(PartitionSyncTest, AStoreIsCertainOnlyWhenItWasComparedWithEveryPeer) {
  rig_.Store(3, 1);
  rig_.store(1).uncertain = true;
  Unreachable(3);
  EXPECT_FALSE(Tick(1).compared);
  EXPECT_TRUE(rig_.store(1).uncertain);
  Reachable();
  EXPECT_TRUE(Tick(1).compared);
  EXPECT_FALSE(rig_.store(1).uncertain);
  EXPECT_TRUE(rig_.Has(1, 1));
}

TEST_F(PartitionSyncTest, APeerThatComesBackIsComparedAtOnce) {
  Tick(1);
  rig_.SetDown(3, true);
  rig_.InstallAll();
  Tick(1);
  rig_.Store(3, 1);  // a write that reached it before it went, and nobody else
  rig_.SetDown(3, false);
  rig_.InstallAll();
  Tick(1);
  EXPECT_TRUE(rig_.Has(1, 1));
}

TEST_F(PartitionSyncTest, AnOwedCopyIsFoundByTheNextComparison) {
  Tick(1);
  for (const uint64_t node : {2, 3, 4}) rig_.Store(node, 1);
  rig_.clock.Advance(PartitionSync::Options().interval - absl::Seconds(1));
  Tick(1);
  EXPECT_FALSE(rig_.Has(1, 1)) << "equal partitions are not compared all the time";
  rig_.clock.Advance(absl::Seconds(1));
  Tick(1);
  EXPECT_TRUE(rig_.Has(1, 1));
}

TEST_F(PartitionSyncTest, WhatAReaderMissedIsLookedForAtOnce) {
  Tick(1);
  for (const uint64_t node : {2, 3, 4}) rig_.Store(node, 1);
  v1::GetChunkRequest read;
  read.set_node(1);
  *read.mutable_chunk() = ToProto(NodeRig::Chunk(1));
  read.set_epoch(rig_.epoch().value);
  EXPECT_EQ(ReasonOf(GetChunk(rig_.store(1), rig_.map(1), read).status()), v1::CHUNK_NOT_FOUND);
  Tick(1);
  EXPECT_TRUE(rig_.Has(1, 1));
}

TEST_F(PartitionSyncTest, ANodeThatIsNoMemberOrIsOutCopiesNothing) {
  rig_.Store(2, 1);
  EXPECT_EQ(Tick(5).copied_chunks, 0u);
  rig_.SetOut(1);
  rig_.InstallAll();
  EXPECT_EQ(Tick(1).copied_chunks, 0u);
}

}  // namespace
}  // namespace trebol
