// What batches do to rows, without a log.
#include "storage-node/engine/chunk_index.h"

#include <gtest/gtest.h>
#include <rocksdb/perf_context.h>
#include <rocksdb/perf_level.h>

#include <memory>
#include <random>
#include <utility>

#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

class ChunkIndexTest : public testing::Test {
 protected:
  ChunkIndexTest() {
    auto index = ChunkIndex::Open({.directory = directory_.path(), .disk = DiskId(1)}, segments_);
    EXPECT_TRUE(index.ok()) << index.status();
    index_ = *std::move(index);
    for (uint64_t number = 1; number <= 3; ++number) {
      segments_.Add(std::make_shared<Segment>(
          PosixFileSystem(), "",
          SegmentHeader{.number = number, .start_position = number * kSegmentSize}));
    }
  }
  void Apply(uint64_t segment, Record record) {
    Batch batch{.offset = kSegmentHeaderSize, .size = kBatchAlignment};
    batch.entries.push_back({.record = std::move(record), .payload_offset = 100});
    ASSERT_TRUE(index_->ApplyBatch(segments_.Find(segment), batch, {}).ok());
  }
  uint64_t MadePosition() { return (*index_->FindTombstone(kId.version))->made_position; }

  static constexpr uint64_t kSegmentSize = 1000000;
  const ChunkId kId = MakeChunkId(1);
  const TombstoneRecord kOld = {.version = kId.version, .made_position = kSegmentSize + 5};
  TemporaryDirectory directory_;
  SegmentTable segments_;
  std::unique_ptr<ChunkIndex> index_;
};

TEST_F(ChunkIndexTest, ALookupAmongManyChunksReadsLittle) {
  constexpr uint64_t kChunks = 1'000'000;
  for (uint64_t chunk = 0; chunk < kChunks;) {
    Batch batch{.offset = kSegmentHeaderSize, .size = kBatchAlignment};
    for (int i = 0; i < 10'000; ++i, ++chunk) {
      batch.entries.push_back(
          {.record = PutRecord{.id = MakeChunkId(chunk)}, .payload_offset = 100});
    }
    ASSERT_TRUE(index_->ApplyBatch(segments_.Find(1), batch, {}).ok());
  }
  ASSERT_TRUE(index_->Flush().ok());
  std::mt19937_64 random(1);
  rocksdb::SetPerfLevel(rocksdb::kEnableCount);
  rocksdb::get_perf_context()->Reset();
  constexpr int kLookups = 2'000;
  for (int i = 0; i < kLookups; ++i) {
    EXPECT_TRUE((*index_->FindChunk(MakeChunkId(random() % kChunks))).has_value());
    EXPECT_FALSE((*index_->FindChunk(MakeChunkId(kChunks + random()))).has_value());
  }
  EXPECT_LT(rocksdb::get_perf_context()->block_read_byte / (2 * kLookups), 16'000u);
  rocksdb::SetPerfLevel(rocksdb::kDisable);
}

TEST_F(ChunkIndexTest, ATombstoneOutlivesWhatIsLoggedAfterIt) {
  Apply(1, TombstoneRecord{.version = kId.version});
  EXPECT_LT(MadePosition(), 2 * kSegmentSize);
  Apply(2, PutRecord{.id = kId});
  EXPECT_FALSE((*index_->FindChunk(kId)).has_value()) << "it wins in any order";
  EXPECT_GE(MadePosition(), 2 * kSegmentSize);
  Apply(3, QuarantineRecord{.id = kId, .place = {.segment = 2}});
  EXPECT_GE(MadePosition(), 3 * kSegmentSize);
  // A copy of it that was made before those came.
  Apply(3, kOld);
  EXPECT_GE(MadePosition(), 3 * kSegmentSize);
}

TEST_F(ChunkIndexTest, ACopyOfATombstoneOutlivesWhatItFinds) {
  Apply(2, PutRecord{.id = kId});
  Apply(3, kOld);
  EXPECT_GE(MadePosition(), 2 * kSegmentSize);
  EXPECT_FALSE((*index_->FindChunk(kId)).has_value());
}

TEST_F(ChunkIndexTest, ACopyOfATombstoneOutlivesTheQuarantineThatItFinds) {
  Apply(1, PutRecord{.id = kId});
  Apply(2, QuarantineRecord{.id = kId, .place = (*index_->FindChunk(kId))->place});
  Apply(3, kOld);
  EXPECT_GE(MadePosition(), 2 * kSegmentSize);
}

TEST_F(ChunkIndexTest, AForgetAndAQuarantineConcernOnePlace) {
  Apply(1, PutRecord{.id = kId});
  const Place first = (*index_->FindChunk(kId))->place;
  Apply(2, PutRecord{.id = kId});  // compaction made a copy of it
  ASSERT_NE((*index_->FindChunk(kId))->place, first);
  Apply(3, ForgetRecord{.id = kId, .place = first});
  Apply(3, QuarantineRecord{.id = kId, .place = first});
  ASSERT_TRUE((*index_->FindChunk(kId)).has_value());
  EXPECT_FALSE((*index_->FindChunk(kId))->quarantined());
  Apply(3, ForgetRecord{.id = kId, .place = (*index_->FindChunk(kId))->place});
  EXPECT_FALSE((*index_->FindChunk(kId)).has_value());
  EXPECT_FALSE((*index_->FindTombstone(kId.version)).has_value());
  Apply(3, PutRecord{.id = kId});  // no bar to a later put
  EXPECT_TRUE((*index_->FindChunk(kId)).has_value());
}

}  // namespace
}  // namespace trebol
