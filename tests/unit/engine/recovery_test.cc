// What a store knows after it was opened again, whatever the disk did to it meanwhile.
#include "storage-node/engine/recovery.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/seed.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

constexpr char kDirectory[] = "/disk/node";

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() : options_(TestOptions(kDirectory)) {
    options_.files = &disk_.files();
    options_.index_env = disk_.rocksdb_env();
    options_.clock = &clock_;
    options_.segment_size = 64 * 1024;
  }

  void Open() {
    store_.reset();
    auto store = SegmentChunkStore::Open(options_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void CutPower(uint64_t seed) {
    disk_.CutPower();
    store_.reset();
    disk_.RestorePower(seed);
  }
  void Put(uint64_t from, uint64_t to, size_t size) {
    for (uint64_t i = from; i <= to; ++i) {
      const auto put = PutBytes(*store_, MakeChunkId(i), MakeBytes(i, size));
      ASSERT_TRUE(put.ok()) << put.status();
    }
  }
  ErrorReason GetError(uint64_t i) { return ReasonOf(store_->Get(MakeChunkId(i), 0, 0).status()); }
  std::vector<std::string> Segments() const {
    return disk_.Paths(absl::StrCat(SegmentDirectory(options_.directory), "/"));
  }

  SimulatedDisk disk_;
  ManualClock clock_;
  EngineOptions options_;
  std::unique_ptr<SegmentChunkStore> store_;
};

TEST_F(RecoveryTest, KeepsTheLineageThatAnIdleNodeLogged) {
  const LogLineage lineage{.term = 9, .index = LogIndex(100)};
  Open();
  Put(1, 1, 1000);
  ASSERT_TRUE(store_->Tick().ok());
  ASSERT_TRUE(store_->Tick().ok());
  store_->NoteLineage(lineage);
  clock_.Advance(absl::Seconds(31));
  ASSERT_TRUE(store_->Tick().ok());
  for (uint64_t seed = 1; seed <= 5; ++seed) {  // also when nothing is written between two cuts
    CutPower(seed);
    Open();
    EXPECT_EQ(store_->Statistics().lineage, lineage) << seed;
  }
  EXPECT_FALSE(store_->Statistics().uncertain);
}

TEST_F(RecoveryTest, WhatItKeepsBeyondTheMarkSurvivesTheNextLossOfPower) {
  // A flush fails: the page cache has what the disk has not.
  Open();
  Put(1, 1, 9000);
  const std::string segment = Segments().front();
  disk_.FailOnce(SimulatedDisk::Operation::kSync, ".segment", 1, SimulatedDisk::Failure::kIoError);
  EXPECT_EQ(ReasonOf(PutBytes(*store_, MakeChunkId(2), MakeBytes(2, 9000)).status()),
            v1::STORE_FAILED);
  store_.reset();
  const size_t with_tail = disk_.Content(segment).size();
  Open();  // the process was killed, the machine goes on
  ASSERT_EQ(store_->recovery().rewritten_records, 1u);
  ASSERT_EQ(store_->Get(MakeChunkId(2), 0, 0)->data, MakeBytes(2, 9000));
  EXPECT_LT(disk_.Content(segment).size(), with_tail) << "and what was the tail never comes back";
  CutPower(1);
  Open();
  EXPECT_EQ(store_->Get(MakeChunkId(1), 0, 0)->data, MakeBytes(1, 9000));
  const auto kept = store_->Get(MakeChunkId(2), 0, 0);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->data, MakeBytes(2, 9000));
}

// Not at an opening, but it needs the same disk.
TEST_F(RecoveryTest, ASegmentThatCannotBeReadStopsNoOtherFromBeingCompacted) {
  Open();
  Put(1, 18, 9000);  // four to a segment
  const std::vector<std::string> segments = Segments();
  ASSERT_EQ(segments.size(), 5u);
  for (const uint64_t doomed : {1, 2, 3, 5, 6}) {
    ASSERT_TRUE(store_->DeleteVersions({MakeChunkId(doomed).version}).ok());
  }
  disk_.BreakSectors(segments[0], kSegmentHeaderSize);
  bool did_work = false;
  EXPECT_FALSE(store_->CompactOnce(&did_work).ok());
  EXPECT_FALSE(did_work);
  EXPECT_TRUE(store_->CompactOnce(&did_work).ok());
  EXPECT_TRUE(did_work);
  EXPECT_EQ(disk_.Paths(segments[0]).size(), 1u);
  EXPECT_TRUE(disk_.Paths(segments[1]).empty());
  EXPECT_FALSE(store_->Statistics().failed);
  // Once it can be read again its turn comes.
  disk_.MendSectors();
  clock_.Advance(absl::Minutes(10));
  for (did_work = true; did_work;) ASSERT_TRUE(store_->CompactOnce(&did_work).ok());
  EXPECT_TRUE(disk_.Paths(segments[0]).empty());
  EXPECT_EQ(store_->Get(MakeChunkId(4), 0, 0)->data, MakeBytes(4, 9000));
}

TEST_F(RecoveryTest, ABadSectorInASegmentsHeaderCostsOneCopyOfIt) {
  Open();
  Put(1, 12, 9000);
  const std::vector<std::string> segments = Segments();
  ASSERT_EQ(segments.size(), 3u);
  disk_.BreakSectors(segments[0], 0, 512);
  disk_.BreakSectors(segments[1], kDirectAlignment, kDirectAlignment + 512);
  Open();
  EXPECT_FALSE(store_->Statistics().uncertain);
  for (uint64_t i = 1; i <= 12; ++i) {
    EXPECT_EQ(store_->Get(MakeChunkId(i), 0, 0)->data, MakeBytes(i, 9000)) << i;
  }
  // Without both copies nothing of the segment can be proven; the others are served all the same.
  disk_.BreakSectors(segments[0], 0, kSegmentHeaderSize);
  for (int round = 0; round < 2; ++round) {
    Open();
    EXPECT_EQ(GetError(1), v1::CHUNK_UNKNOWN);
    EXPECT_EQ(store_->Get(MakeChunkId(5), 0, 0)->data, MakeBytes(5, 9000));
  }
}

TEST_F(RecoveryTest, ATailThatCannotBeReadIsDroppedAndSaidToBe) {
  for (const bool header : {true, false}) {
    SCOPED_TRACE(header);
    disk_.MendSectors();
    options_.directory = absl::StrCat(kDirectory, header);
    Open();
    Put(1, 1, 9000);
    Put(2, 2, 20000);
    const std::string segment = Segments().back();
    const uint64_t last_batch = disk_.Content(segment).size() - 5 * kBatchAlignment;
    CutPower(1);
    disk_.BreakSectors(segment, last_batch + (header ? 0 : 2 * kBatchAlignment),
                       last_batch + (header ? 512 : 2 * kBatchAlignment + 512));
    Open();
    EXPECT_EQ(store_->Get(MakeChunkId(1), 0, 0)->data, MakeBytes(1, 9000));
    EXPECT_EQ(GetError(2), v1::CHUNK_UNKNOWN);
    EXPECT_TRUE(store_->Statistics().uncertain);
    Put(2, 2, 20000);
  }
}

TEST_F(RecoveryTest, WhatWasAnsweredSurvivesALossOfPower) {
  for (uint64_t seed = 1; seed <= 30 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    options_.directory = absl::StrCat(kDirectory, seed);
    Open();
    Put(1, 6, 9000);  // two segments
    CutPower(seed);
    Open();
    if (HasFatalFailure()) return;
    for (uint64_t i = 1; i <= 6; ++i) {
      const auto got = store_->Get(MakeChunkId(i), 0, 0);
      ASSERT_TRUE(got.ok()) << "LOST: chunk " << i << " was answered: " << got.status();
      EXPECT_EQ(got->data, MakeBytes(i, 9000));
    }
    EXPECT_FALSE(store_->Statistics().uncertain);
  }
}

TEST_F(RecoveryTest, AHalfWrittenRecordIsNoCopy) {
  for (uint64_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    options_.directory = absl::StrCat(kDirectory, seed);
    Open();
    Put(1, 1, 9000);
    disk_.CutPowerAfter(2);  // with the flush
    EXPECT_FALSE(PutBytes(*store_, MakeChunkId(2), MakeBytes(2, 20000)).ok());
    CutPower(seed);
    Open();
    if (HasFatalFailure()) return;
    // The client repeats it.
    const auto put = PutBytes(*store_, MakeChunkId(2), MakeBytes(2, 20000));
    ASSERT_TRUE(put.ok()) << "half a record stands in the way: " << put.status();
    const auto got = store_->Get(MakeChunkId(2), 0, 0);
    ASSERT_TRUE(got.ok()) << "LOST: half a record was taken for the copy: " << got.status();
    EXPECT_EQ(got->data, MakeBytes(2, 20000));
  }
}

TEST_F(RecoveryTest, DamageOfOneRecordLosesThatOneAlone) {
  Open();
  Put(1, 6, 9000);  // four to a segment, three blocks each
  store_.reset();
  const std::string first = Segments().front();
  std::string content = disk_.Content(first);
  content[kSegmentHeaderSize + 3 * kBatchAlignment + 20] ^= 1;  // the header of the second
  disk_.SetContent(first, content);
  for (const std::string& path : disk_.Paths(absl::StrCat(options_.directory, "/index/"))) {
    ASSERT_TRUE(disk_.files().Remove(path).ok());
  }
  Open();
  EXPECT_EQ(GetError(2), v1::CHUNK_UNKNOWN);
  for (const uint64_t i : {1, 3, 4, 5, 6}) {
    const auto got = store_->Get(MakeChunkId(i), 0, 0);
    ASSERT_TRUE(got.ok()) << "LOST: chunk " << i << " for the damage of another: " << got.status();
    EXPECT_EQ(got->data, MakeBytes(i, 9000));
  }
}

enum class Loss { kBatchHeader, kFile, kEndOfFile, kBothHeaders };

class LostData : public RecoveryTest, public testing::WithParamInterface<Loss> {
 protected:
  // A store whose first segment, with chunks 1 to 4, loses something.
  void Lose() {
    Open();
    Put(1, 6, 9000);
    store_.reset();
    const std::string first = Segments().front();
    std::string content = disk_.Content(first);
    switch (GetParam()) {
      case Loss::kBatchHeader:  // is found by who reads it
        for (const std::string& path : disk_.Paths(absl::StrCat(options_.directory, "/index/"))) {
          ASSERT_TRUE(disk_.files().Remove(path).ok());
        }
        ASSERT_TRUE(disk_.files().SyncDirectory(IndexDirectory(options_.directory)).ok());
        content[kSegmentHeaderSize + 20] ^= 1;
        break;
      case Loss::kFile:
        ASSERT_TRUE(disk_.files().Remove(first).ok());
        ASSERT_TRUE(disk_.files().SyncDirectory(SegmentDirectory(options_.directory)).ok());
        return;
      case Loss::kEndOfFile:
        content.resize(kSegmentHeaderSize);
        break;
      case Loss::kBothHeaders:
        content.replace(0, kSegmentHeaderSize, std::string(kSegmentHeaderSize, 'x'));
        break;
    }
    disk_.SetContent(first, content);
  }
  void ExpectLoss() {
    EXPECT_TRUE(store_->Statistics().uncertain);
    EXPECT_EQ(store_->Stat(MakeChunkId(1))->state, ChunkState::kUnknown);
    EXPECT_EQ(store_->Get(MakeChunkId(5), 0, 0)->data, MakeBytes(5, 9000));
  }
};

TEST_P(LostData, IsUnknownAndNotAbsentEverAfter) {
  Lose();
  for (int round = 0; round < 3; ++round) {
    Open();
    ExpectLoss();
  }
  EXPECT_TRUE(disk_.Paths(absl::StrCat(options_.directory, "/", kLossMarker)).empty());
}

TEST_P(LostData, IsUnknownAlsoIfPowerGoesWhileItIsFound) {
  const uint64_t seed = TestSeed();
  uint64_t n = 1;
  for (bool cut = true; cut && !testing::Test::HasFailure(); ++n) {
    SCOPED_TRACE(n);
    options_.directory = absl::StrCat("/disk/node", n);
    Lose();
    disk_.CutPowerAfter(n);
    SegmentChunkStore::Open(options_).status().IgnoreError();
    cut = !disk_.powered();
    CutPower(seed + n);
    Open();
    ExpectLoss();
  }
  EXPECT_GT(n, 10u) << "too few operations were interrupted";
}

INSTANTIATE_TEST_SUITE_P(Of, LostData,
                         testing::Values(Loss::kBatchHeader, Loss::kFile, Loss::kEndOfFile,
                                         Loss::kBothHeaders));

class RottenIndex : public RecoveryTest, public testing::WithParamInterface<bool> {};

TEST_P(RottenIndex, IsRebuiltWhereverItIsNoticed) {
  const bool noticed_by_replay = GetParam();
  constexpr uint64_t kChunks = 600, kDeleted = 500;
  options_.segment_size = 16 * 1024 * 1024;
  Open();
  Put(1, kChunks, 100);
  store_.reset();
  // One table, whose first half holds rows of chunks; opening reads only its ends.
  std::string table;
  for (const std::string& path : disk_.Paths(absl::StrCat(kDirectory, "/index/"))) {
    if (absl::EndsWith(path, ".sst")) table = path;
  }
  ASSERT_FALSE(table.empty());
  std::string content = disk_.Content(table);
  for (size_t i = 0; i < 16; ++i) content[content.size() / 4 + i] ^= 0x55;
  disk_.SetContent(table, content);

  Open();
  ASSERT_FALSE(store_->recovery().index_rebuilt) << store_->recovery().rebuild_reason;
  std::vector<VersionId> doomed;
  for (uint64_t i = 1; i <= kDeleted; ++i) doomed.push_back(MakeChunkId(i).version);
  EXPECT_EQ(ReasonOf(store_->DeleteVersions(doomed).status()), v1::STORE_FAILED);
  const std::string marker = absl::StrCat(kDirectory, "/", kRebuildMarker);
  EXPECT_EQ(disk_.Paths(marker).size(), 1u);
  store_.reset();
  if (noticed_by_replay) ASSERT_TRUE(disk_.files().Remove(marker).ok());

  Open();
  EXPECT_TRUE(store_->recovery().index_rebuilt);
  EXPECT_FALSE(store_->Statistics().uncertain);
  EXPECT_EQ(store_->Statistics().chunks, kChunks - kDeleted);
  for (uint64_t i = 1; i <= kChunks; ++i) {
    if (i <= kDeleted) {
      EXPECT_EQ(store_->Stat(MakeChunkId(i))->state, ChunkState::kDeleted) << i;
    } else {
      EXPECT_EQ(store_->Get(MakeChunkId(i), 0, 0)->data, MakeBytes(i, 100)) << i;
    }
  }
  EXPECT_TRUE(disk_.Paths(marker).empty());
  Open();
  EXPECT_FALSE(store_->recovery().index_rebuilt) << store_->recovery().rebuild_reason;
}

INSTANTIATE_TEST_SUITE_P(ByWhom, RottenIndex, testing::Bool(), [](const auto& noticed) {
  return noticed.param ? "ByReplay" : "ByTheRunningStore";
});

}  // namespace
}  // namespace trebol
