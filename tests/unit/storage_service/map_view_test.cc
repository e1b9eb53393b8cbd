#include "storage-node/service/map_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "common/base/error.h"
#include "tests/testing/fake_chunk_store.h"

namespace trebol {
namespace {

constexpr NodeId kSelf(1);

/// Nodes 1 to 4; partition 0 is served by 1, 2, 3 and the others by 2, 3, 4.
v1::ClusterMap MapAt(uint64_t epoch, uint32_t partitions = 4) {
  v1::ClusterMap map;
  map.set_epoch(epoch);
  map.mutable_constants()->set_partitions(partitions);
  map.mutable_constants()->set_copies(3);
  map.mutable_constants()->set_write_quorum(2);
  for (uint64_t id = 1; id <= 4; ++id) map.add_nodes()->set_id(id);
  for (uint32_t i = 0; i < partitions; ++i) {
    v1::PartitionEntry* entry = map.add_partitions();
    entry->set_partition(i);
    entry->set_epoch(epoch);
    for (uint64_t id = 1; id <= 3; ++id) entry->add_serving(id + (i == 0 ? 0 : 1));
  }
  return map;
}

std::shared_ptr<const ClusterMap> Parsed(const v1::ClusterMap& map) {
  return *ClusterMap::FromProto(map);
}

class MapViewTest : public testing::Test {
 protected:
  absl::Status Admit(uint64_t partition, uint64_t epoch,
                     const v1::PartitionEntry* entry = nullptr) {
    return view_.AdmitWrite(ChunkOf(partition), PartitionId(partition), Epoch(epoch), entry);
  }
  /// A chunk of this one of four partitions.
  static ChunkId ChunkOf(uint64_t partition) {
    ChunkId chunk{{Generation(7), SessionId(8), 9}, 0};
    while (partition < 4 && PartitionOf(chunk, 4) != PartitionId(partition)) ++chunk.index;
    return chunk;
  }
  FakeChunkStore store_;
  MapView view_{kSelf, store_};
};

TEST_F(MapViewTest, TakesNoWriteBeforeItHasReadAMap) {
  EXPECT_EQ(ReasonOf(Admit(0, 1)), v1::NOT_READY);
  v1::ClusterMap forming = MapAt(1);
  forming.clear_partitions();
  ASSERT_TRUE(view_.Install(Parsed(forming)).ok());
  EXPECT_EQ(ReasonOf(Admit(0, 1)), v1::NOT_READY);
  EXPECT_EQ(view_.map_epoch(), Epoch(1));
}

TEST_F(MapViewTest, AdmitsTheSameEpochAndTellsWhoIsBehind) {
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  EXPECT_TRUE(Admit(0, 5).ok());
  const absl::Status stale = Admit(0, 4);
  EXPECT_TRUE(absl::IsAborted(stale));
  EXPECT_EQ(ReasonOf(stale), v1::STALE_EPOCH);
  v1::PartitionEntry attached;
  ASSERT_TRUE(attached.ParseFromString(AttachmentOf(stale)));
  EXPECT_EQ(attached.epoch(), 5u);
  EXPECT_EQ(attached.serving_size(), 3);
  EXPECT_EQ(ReasonOf(Admit(0, 6)), v1::NOT_READY);  // it is this node that is behind
  EXPECT_EQ(ReasonOf(Admit(4, 5)), v1::NOT_READY);  // no such partition
}

TEST_F(MapViewTest, RefusesAPartitionThatItDoesNotServe) {
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  EXPECT_EQ(ReasonOf(Admit(1, 5)), v1::STALE_EPOCH);
  v1::ClusterMap moving = MapAt(6);
  moving.mutable_partitions(1)->add_incoming(1);
  ASSERT_TRUE(view_.Install(Parsed(moving)).ok());
  EXPECT_TRUE(Admit(1, 6).ok());
}

TEST_F(MapViewTest, StandsInForAMemberAtExactlyTheInstalledEpoch) {
  v1::ClusterMap moving = MapAt(5);
  moving.add_nodes()->set_id(5);
  moving.mutable_partitions(1)->add_incoming(5);
  moving.mutable_partitions(2)->add_leaving(5);
  ASSERT_TRUE(view_.Install(Parsed(moving)).ok());
  const auto hinted = [this](uint64_t partition, uint64_t epoch, uint64_t hint_for) {
    return view_.AdmitWrite(ChunkOf(partition), PartitionId(partition), Epoch(epoch), nullptr,
                            NodeId(hint_for));
  };
  EXPECT_TRUE(hinted(1, 5, 3).ok());
  EXPECT_TRUE(hinted(1, 5, 5).ok()) << "an incoming node is a member";
  EXPECT_EQ(ReasonOf(hinted(2, 5, 5)), v1::STALE_EPOCH) << "a leaving node is none";
  EXPECT_EQ(ReasonOf(hinted(1, 5, 1)), v1::STALE_EPOCH) << "nobody stands in for a non-member";
  EXPECT_EQ(ReasonOf(hinted(1, 4, 3)), v1::STALE_EPOCH);
  EXPECT_EQ(ReasonOf(hinted(1, 6, 3)), v1::NOT_READY);
  EXPECT_TRUE(hinted(0, 5, 2).ok()) << "a member takes it as its own";
}

TEST_F(MapViewTest, RefusesAChunkOfAnotherPartition) {
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  const absl::Status refused = view_.AdmitWrite(ChunkOf(1), PartitionId(0), Epoch(5), nullptr);
  EXPECT_EQ(ReasonOf(refused), v1::INVALID_ARGUMENT) << refused;
  EXPECT_THAT(std::string(refused.message()), testing::HasSubstr("belongs to partition 1 of 4"));
}

TEST_F(MapViewTest, RecordsAnEpochBeforeItAdmitsUnderIt) {
  store_.failure = absl::UnavailableError("the disk is away");
  EXPECT_FALSE(view_.Install(Parsed(MapAt(5))).ok());
  EXPECT_EQ(ReasonOf(Admit(0, 5)), v1::NOT_READY);
  store_.failure = absl::OkStatus();
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  EXPECT_EQ(store_.installed.size(), 4u);
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  EXPECT_EQ(store_.installations, 1);  // nothing new, nothing written
  v1::ClusterMap next = MapAt(5);
  next.set_epoch(6);
  next.mutable_partitions(2)->set_epoch(6);
  ASSERT_TRUE(view_.Install(Parsed(next)).ok());
  EXPECT_EQ(store_.installed.size(), 5u);
  EXPECT_EQ(store_.installed.back().partition, PartitionId(2));
}

TEST_F(MapViewTest, AnOlderMapChangesNothing) {
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  ASSERT_TRUE(view_.Install(Parsed(MapAt(4))).ok());
  EXPECT_TRUE(Admit(0, 5).ok());
  EXPECT_EQ(view_.map_epoch(), Epoch(5));
}

TEST_F(MapViewTest, RefusesAMapWithAnotherPartitionCount) {
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5, 4))).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(view_.Install(Parsed(MapAt(6, 8)))));
  EXPECT_TRUE(absl::IsFailedPrecondition(view_.Install(Parsed(MapAt(6, 2)))));
  EXPECT_TRUE(Admit(0, 5).ok());
}

TEST_F(MapViewTest, InstallsANewerEntryThatTravelledWithTheCall) {
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  v1::PartitionEntry entry = MapAt(7).partitions(0);
  EXPECT_TRUE(Admit(0, 7, &entry).ok());
  EXPECT_EQ(ReasonOf(Admit(0, 5)), v1::STALE_EPOCH);
  EXPECT_EQ(store_.installed.back().epoch, Epoch(7));
  entry.set_epoch(6);
  EXPECT_EQ(ReasonOf(Admit(0, 6, &entry)), v1::STALE_EPOCH);
  entry.set_partition(3);
  entry.set_epoch(9);
  EXPECT_EQ(ReasonOf(Admit(0, 9, &entry)), v1::NOT_READY);  // of another partition: not asked for
}

TEST_F(MapViewTest, ExplainsAMissAndRefusesADeletionUnderAnOlderMap) {
  const absl::Status missed = MakeError(absl::StatusCode::kNotFound, v1::CHUNK_NOT_FOUND, "absent");
  EXPECT_EQ(view_.ExplainMiss(PartitionId(0), Epoch(1), missed), missed);
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  EXPECT_EQ(view_.ExplainMiss(PartitionId(0), Epoch(5), missed), missed);
  EXPECT_EQ(ReasonOf(view_.ExplainMiss(PartitionId(0), Epoch(4), missed)), v1::STALE_EPOCH);
  EXPECT_EQ(ReasonOf(MapView(kSelf, store_).AdmitDelete(Epoch(5))), v1::NOT_READY);
  EXPECT_TRUE(view_.AdmitDelete(Epoch(5)).ok());
  EXPECT_TRUE(view_.AdmitDelete(Epoch(6)).ok());
  EXPECT_EQ(ReasonOf(view_.AdmitDelete(Epoch(4))), v1::STALE_EPOCH);
}

TEST_F(MapViewTest, AnswersNoPeerThatKnowsANewerMap) {
  EXPECT_EQ(ReasonOf(view_.AdmitPeer(Epoch(1))), v1::NOT_READY);
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  EXPECT_TRUE(view_.AdmitPeer(Epoch(4)).ok());
  EXPECT_TRUE(view_.AdmitPeer(Epoch(5)).ok());
  EXPECT_EQ(ReasonOf(view_.AdmitPeer(Epoch(6))), v1::NOT_READY)
      << "writes of before that map may still come";
  // One entry that came along is no newer map: it says nothing of the other partitions.
  ASSERT_TRUE(view_.InstallEntry(MapAt(6).partitions(0)).ok());
  EXPECT_EQ(ReasonOf(view_.AdmitPeer(Epoch(6))), v1::NOT_READY);
}

TEST_F(MapViewTest, AnswersWhoMeansToForgetAtExactlyItsEpochAndAsAMember) {
  EXPECT_EQ(ReasonOf(view_.AdmitForgetting(MapAt(5).partitions(0))), v1::NOT_READY);
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  EXPECT_TRUE(view_.AdmitForgetting(MapAt(5).partitions(0)).ok());
  EXPECT_EQ(ReasonOf(view_.AdmitForgetting(MapAt(4).partitions(0))), v1::STALE_EPOCH);
  EXPECT_EQ(ReasonOf(view_.AdmitForgetting(MapAt(5).partitions(1))), v1::STALE_EPOCH)
      << "whoever is no member may forget its copy itself";
  // A newer entry is installed, durably, before the answer.
  EXPECT_TRUE(view_.AdmitForgetting(MapAt(7).partitions(0)).ok());
  EXPECT_EQ(store_.installed.back().epoch, Epoch(7));
  EXPECT_EQ(ReasonOf(view_.AdmitForgetting(MapAt(5).partitions(0))), v1::STALE_EPOCH);
  store_.failure = absl::UnavailableError("the disk is away");
  EXPECT_FALSE(view_.AdmitForgetting(MapAt(8).partitions(0)).ok());
}

/// Forgets only when it is told to.
class SlowInventory final : public ChunkInventory {
 public:
  absl::StatusOr<std::vector<ChunkDigest>> Digests(absl::Span<const PartitionId>, size_t,
                                                   absl::Span<const DecidedMark>) override {
    return std::vector<ChunkDigest>();
  }
  absl::StatusOr<std::vector<ListedChunk>> List(PartitionId, size_t, const std::optional<ChunkId>&,
                                                size_t, absl::Span<const DecidedMark>) override {
    return std::vector<ListedChunk>();
  }
  absl::StatusOr<VersionPage> Versions(const VersionId&, size_t) override { return VersionPage(); }
  absl::StatusOr<std::vector<DecidedMark>> DecidedMarks() override {
    return std::vector<DecidedMark>();
  }
  absl::Status Forget(absl::Span<const ChunkId> chunks) override {
    begun.set_value();
    go_on.get_future().wait();
    forgotten += chunks.size();
    return absl::OkStatus();
  }
  absl::Status BecomeCertain() override { return absl::OkStatus(); }

  std::promise<void> begun;
  std::promise<void> go_on;
  size_t forgotten = 0;
};

TEST_F(MapViewTest, ForgetsOnlyUnderTheEpochOfTheAnswersAndNeverAsAMember) {
  SlowInventory inventory;
  inventory.go_on.set_value();
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  const ChunkId chunk = ChunkOf(1);
  for (const uint64_t other : {4, 6}) {
    const absl::Status refused = view_.Forget(inventory, PartitionId(1), Epoch(other), {chunk});
    EXPECT_EQ(ReasonOf(refused), v1::STALE_EPOCH) << refused;
  }
  EXPECT_EQ(ReasonOf(view_.Forget(inventory, PartitionId(0), Epoch(5), {ChunkOf(0)})),
            v1::STALE_EPOCH);
  EXPECT_EQ(inventory.forgotten, 0u);
  EXPECT_TRUE(view_.Forget(inventory, PartitionId(1), Epoch(5), {chunk}).ok());
  EXPECT_EQ(inventory.forgotten, 1u);
}

TEST_F(MapViewTest, InstallsNothingWhileItForgets) {
  SlowInventory inventory;
  ASSERT_TRUE(view_.Install(Parsed(MapAt(5))).ok());
  auto forgotten = std::async(std::launch::async, [&] {
    return view_.Forget(inventory, PartitionId(1), Epoch(5), {ChunkOf(1)});
  });
  inventory.begun.get_future().wait();
  auto map = std::async(std::launch::async, [&] { return view_.Install(Parsed(MapAt(6))); });
  auto entry =
      std::async(std::launch::async, [&] { return view_.InstallEntry(MapAt(7).partitions(1)); });
  for (auto* installed : {&map, &entry}) {
    EXPECT_EQ(installed->wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  }
  EXPECT_TRUE(Admit(0, 5).ok()) << "and answers meanwhile";
  inventory.go_on.set_value();
  EXPECT_TRUE(forgotten.get().ok());
  EXPECT_TRUE(map.get().ok());
  EXPECT_TRUE(entry.get().ok());
  EXPECT_EQ(view_.table()->at(1).epoch, Epoch(7));
}

}  // namespace
}  // namespace trebol
