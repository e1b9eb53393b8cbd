// What storage nodes ask each other, and what they must not be answered.
#include "storage-node/service/peer_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "tests/testing/fake_chunk_store.h"

namespace trebol {
namespace {

constexpr uint32_t kPartitions = 2;

std::shared_ptr<const ClusterMap> MapAt(uint64_t epoch) {
  v1::ClusterMap map;
  map.set_epoch(epoch);
  map.mutable_constants()->set_partitions(kPartitions);
  map.mutable_constants()->set_copies(2);
  map.mutable_constants()->set_write_quorum(2);
  for (uint64_t node = 1; node <= 2; ++node) map.add_nodes()->set_id(node);
  for (uint32_t p = 0; p < kPartitions; ++p) {
    v1::PartitionEntry* entry = map.add_partitions();
    entry->set_partition(p);
    entry->set_epoch(epoch);
    for (uint64_t node = 1; node <= 2; ++node) entry->add_serving(node);
  }
  return *ClusterMap::FromProto(map);
}

class PeerCalls : public testing::Test {
 protected:
  PeerCalls() {
    EXPECT_TRUE(map_.Install(MapAt(5)).ok());
    compare_.set_node(1);
    compare_.set_map_epoch(5);
    for (uint32_t p = 0; p < kPartitions; ++p) compare_.add_partitions(p);
    list_.set_node(1);
    list_.set_map_epoch(5);
    list_.set_limit(10);
    for (uint64_t sequence = 1; sequence <= 40; ++sequence) {
      const std::string bytes = absl::StrCat("chunk ", sequence);
      const ChunkId id{{Generation(7), SessionId(8), sequence}, 0};
      EXPECT_TRUE(store_.Put(id, Bytes(bytes), Crc32c(bytes), {}).ok());
    }
  }
  absl::StatusOr<v1::ComparePartitionsResponse> Compare(bool uncertain = false) {
    return ComparePartitions(store_, uncertain, map_, compare_);
  }
  absl::StatusOr<v1::ListChunksResponse> List() { return ListChunks(store_, map_, list_); }
  void ExpectBothRefused(ErrorReason reason) {
    EXPECT_EQ(ReasonOf(Compare().status()), reason) << Compare().status();
    EXPECT_EQ(ReasonOf(List().status()), reason) << List().status();
  }

  FakeChunkStore store_;
  MapView map_{NodeId(1), store_};
  v1::ComparePartitionsRequest compare_;
  v1::ListChunksRequest list_;
};

TEST_F(PeerCalls, TellDigestsWithTheEpochsUnderWhichTheyAreGiven) {
  const auto told = Compare();
  ASSERT_TRUE(told.ok()) << told.status();
  ASSERT_EQ(told->digests_size(), 2);
  EXPECT_EQ(told->digests(0).chunks() + told->digests(1).chunks(), 40u);
  EXPECT_EQ(told->digests(0).epoch(), 5u);
  EXPECT_FALSE(told->digests(0).uncertain());
  EXPECT_TRUE(Compare(/*uncertain=*/true)->digests(0).uncertain());
  // The asker's newer entry is installed first: its copies would else be of another epoch.
  *compare_.add_entries() = MapAt(6)->proto().partitions(1);
  const auto newer = Compare();
  ASSERT_TRUE(newer.ok()) << newer.status();
  EXPECT_EQ(newer->digests(0).epoch(), 5u);
  EXPECT_EQ(newer->digests(1).epoch(), 6u);
  EXPECT_EQ(store_.installed.back().epoch, Epoch(6));
}

TEST_F(PeerCalls, ListAPartitionInPagesOfWhateverSizeIsAskedFor) {
  for (const uint32_t limit : {0u, 1u, 7u, ~0u}) {
    list_.set_limit(limit);
    size_t listed = 0;
    for (uint32_t p = 0; p < kPartitions; ++p) {
      list_.set_partition(p);
      list_.clear_after();
      for (bool more = true; more;) {
        const auto page = List();
        ASSERT_TRUE(page.ok()) << page.status();
        more = page->more();
        for (const auto& chunk : page->chunks()) {
          EXPECT_EQ(PartitionOf(ChunkIdOf(chunk.id()), kPartitions), PartitionId(p));
          *list_.mutable_after() = chunk.id();
          ++listed;
        }
      }
    }
    EXPECT_EQ(listed, 40u) << limit;
  }
}

TEST_F(PeerCalls, AreRefusedUnderANewerMapOrForAnotherNode) {
  compare_.set_map_epoch(6);
  list_.set_map_epoch(6);
  ExpectBothRefused(v1::NOT_READY);
  ASSERT_TRUE(map_.Install(MapAt(6)).ok());
  EXPECT_TRUE(Compare().ok());
  EXPECT_TRUE(List().ok());
  compare_.set_node(2);
  list_.set_node(2);
  ExpectBothRefused(v1::WRONG_NODE);
}

TEST_F(PeerCalls, RefuseWhatThereIsNot) {
  compare_.add_partitions(kPartitions);
  list_.set_partition(kPartitions);
  ExpectBothRefused(v1::INVALID_ARGUMENT);
  compare_.clear_partitions();
  for (int i = 0; i <= 16 * 1024; ++i) compare_.add_partitions(0);
  EXPECT_EQ(ReasonOf(Compare().status()), v1::INVALID_ARGUMENT);
  MapView fresh(NodeId(1), store_);
  compare_.set_map_epoch(0);
  EXPECT_EQ(ReasonOf(ComparePartitions(store_, false, fresh, compare_).status()), v1::NOT_READY);
}

}  // namespace
}  // namespace trebol
