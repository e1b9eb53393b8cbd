#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

using Operation = SimulatedDisk::Operation;
using Failure = SimulatedDisk::Failure;

EngineOptions OptionsOn(SimulatedDisk& disk) {
  EngineOptions options = TestOptions("/disk/node");
  options.files = &disk.files();
  options.index_env = disk.rocksdb_env();
  options.segment_size = 64 * 1024;
  return options;
}

struct Outcome {
  int acked = 0;
  int failed = 0;
  bool bit = false;  // the failure happened
};

// Work with one failure in it; then everything acknowledged must be there, after a restart and
// after a loss of power.
Outcome WorkThrough(Operation operation, const std::string& path_part, uint64_t k,
                    Failure failure) {
  SimulatedDisk disk;
  Outcome outcome;
  std::map<ChunkId, std::string> acked;
  {
    auto store = SegmentChunkStore::Open(OptionsOn(disk));
    EXPECT_TRUE(store.ok()) << store.status();
    if (!store.ok()) return outcome;
    disk.FailOnce(operation, path_part, k, failure);
    for (uint64_t i = 1; i <= 30; ++i) {
      const std::string bytes = MakeBytes(i, 5000);
      const auto put = PutBytes(**store, MakeChunkId(i), bytes);
      if (put.ok()) {
        acked[MakeChunkId(i)] = bytes;
      } else {
        const ErrorReason reason = ReasonOf(put.status());
        EXPECT_TRUE(reason == v1::STORE_FAILED || reason == v1::DISK_FULL) << put.status();
        EXPECT_EQ((*store)->Statistics().failed, reason == v1::STORE_FAILED);
        ++outcome.failed;
      }
      // Reads go on, and never give other bytes.
      if (acked.empty()) continue;
      const auto data = (*store)->Get(acked.begin()->first, 0, 0);
      if (data.ok()) EXPECT_EQ(data->data, acked.begin()->second);
      if (!data.ok()) EXPECT_EQ(operation, Operation::kRead) << data.status();
      bool did_work = false;
      if (i % 10 == 0) (*store)->CompactOnce(&did_work).IgnoreError();
    }
    outcome.bit = disk.failed_once();
    disk.FailNoMore();
  }
  outcome.acked = static_cast<int>(acked.size());
  for (const bool power_lost : {false, true}) {
    if (power_lost) {
      disk.CutPower();
      disk.RestorePower(k);
    }
    auto store = SegmentChunkStore::Open(OptionsOn(disk));
    EXPECT_TRUE(store.ok()) << store.status();
    if (!store.ok()) return outcome;
    for (const auto& [id, bytes] : acked) {
      const auto data = (*store)->Get(id, 0, 0);
      EXPECT_TRUE(data.ok()) << data.status();
      if (data.ok()) EXPECT_EQ(data->data, bytes);
    }
    EXPECT_TRUE(PutBytes(**store, MakeChunkId(1000 + power_lost), "works again").ok());
  }
  return outcome;
}

class DiskErrors : public testing::TestWithParam<std::tuple<Operation, const char*, Failure>> {};

TEST_P(DiskErrors, LoseNothingThatWasAcknowledged) {
  const auto& [operation, path_part, failure] = GetParam();
  int bit = 0;
  for (uint64_t k = 1; k <= 20; ++k) {
    SCOPED_TRACE(k);
    const Outcome outcome = WorkThrough(operation, path_part, k, failure);
    if (outcome.bit) ++bit;
    EXPECT_GT(outcome.acked + outcome.failed, 29);
    if (outcome.bit && operation != Operation::kRead && failure == Failure::kIoError) {
      EXPECT_GT(outcome.failed, 0) << "an error was swallowed";
    }
  }
  EXPECT_GE(bit, operation == Operation::kRename ? 1 : 10) << "too few failures happened";
}

INSTANTIATE_TEST_SUITE_P(
    OfSegments, DiskErrors,
    testing::Combine(testing::Values(Operation::kWrite, Operation::kSync, Operation::kRead),
                     testing::Values(".segment"),
                     testing::Values(Failure::kIoError, Failure::kNoSpace, Failure::kShort)));
INSTANTIATE_TEST_SUITE_P(OfNames, DiskErrors,
                         testing::Values(std::tuple(Operation::kRename, ".segment",
                                                    Failure::kIoError)));

TEST(FailedStore, AnswersReadsAndRefusesEverythingElse) {
  SimulatedDisk disk;
  auto store = SegmentChunkStore::Open(OptionsOn(disk));
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE(PutBytes(**store, MakeChunkId(1), "kept").ok());
  disk.FailOnce(Operation::kSync, ".segment", 1, Failure::kIoError);
  EXPECT_EQ(ReasonOf(PutBytes(**store, MakeChunkId(2), "lost").status()), v1::STORE_FAILED);
  // The disk would work again, and a flush would succeed, but what it lost is not known.
  EXPECT_EQ(ReasonOf(PutBytes(**store, MakeChunkId(3), "late").status()), v1::STORE_FAILED);
  EXPECT_EQ(ReasonOf((*store)->DeleteVersions({MakeChunkId(1).version}).status()),
            v1::STORE_FAILED);
  EXPECT_EQ(ReasonOf((*store)->Tick()), v1::STORE_FAILED);
  EXPECT_TRUE((*store)->Statistics().failed);
  EXPECT_EQ((*store)->Get(MakeChunkId(1), 0, 0)->data, "kept");
}

TEST(Compaction, LosesNoCopyForOneReadThatWentWrong) {
  int bit = 0;
  for (uint64_t k = 1; k <= 12; ++k) {
    SCOPED_TRACE(k);
    SimulatedDisk disk;
    auto store = SegmentChunkStore::Open(OptionsOn(disk));
    ASSERT_TRUE(store.ok());
    std::vector<VersionId> doomed;
    for (uint64_t i = 1; i <= 24; ++i) {
      ASSERT_TRUE(PutBytes(**store, MakeChunkId(i), MakeBytes(i, 9000)).ok());
      if (i % 4 != 0) doomed.push_back(MakeChunkId(i).version);
    }
    ASSERT_TRUE((*store)->DeleteVersions(doomed).ok());
    disk.FailOnce(Operation::kRead, ".segment", k, Failure::kShort);
    for (bool did_work = true; did_work;) ASSERT_TRUE((*store)->CompactOnce(&did_work).ok());
    bit += disk.failed_once();
    EXPECT_EQ((*store)->Statistics().quarantined_chunks, 0u) << "a good copy was given up";
    for (uint64_t i = 4; i <= 24; i += 4) {
      const auto got = (*store)->Get(MakeChunkId(i), 0, 0);
      ASSERT_TRUE(got.ok()) << got.status();
      EXPECT_EQ(got->data, MakeBytes(i, 9000));
    }
  }
  EXPECT_GT(bit, 5) << "too few reads went wrong";
}

TEST(FullDisk, FailsTheWriteAndNotTheStore) {
  SimulatedDisk disk;
  auto store = SegmentChunkStore::Open(OptionsOn(disk));
  ASSERT_TRUE(store.ok());
  for (const Failure failure : {Failure::kNoSpace}) {
    disk.FailOnce(Operation::kWrite, ".segment", 1, failure);
    EXPECT_EQ(ReasonOf(PutBytes(**store, MakeChunkId(1), "x").status()), v1::DISK_FULL);
    EXPECT_TRUE(PutBytes(**store, MakeChunkId(1), "x").ok());
  }
}

TEST(FullDisk, LeavesNothingThatLooksLikeALoss) {
  SimulatedDisk disk;
  auto store = SegmentChunkStore::Open(OptionsOn(disk));
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE(PutBytes(**store, MakeChunkId(1), "kept").ok());
  disk.FailOnce(Operation::kWrite, ".segment", 1, Failure::kNoSpace);
  EXPECT_EQ(ReasonOf(PutBytes(**store, MakeChunkId(2), MakeBytes(2, 30000)).status()),
            v1::DISK_FULL);
  store->reset();
  store = SegmentChunkStore::Open(OptionsOn(disk));
  ASSERT_TRUE(store.ok());
  EXPECT_FALSE((*store)->Statistics().uncertain);
  EXPECT_EQ((*store)->Stat(MakeChunkId(2))->state, ChunkState::kAbsent);
  EXPECT_EQ((*store)->Get(MakeChunkId(1), 0, 0)->data, "kept");
}

TEST(FullDisk, IsNoticedBeforeItIsFullThoughMoreWasGranted) {
  SimulatedDisk disk(8 * kMiB);
  EngineOptions options = OptionsOn(disk);
  options.capacity_bytes = 64 * kMiB;
  auto store = SegmentChunkStore::Open(options);
  ASSERT_TRUE(store.ok());
  std::vector<VersionId> stored;
  absl::Status status;
  for (uint64_t i = 1; status.ok() && i < 1000; ++i) {
    status = PutBytes(**store, MakeChunkId(i), MakeBytes(i, 50000)).status();
    if (status.ok()) stored.push_back(MakeChunkId(i).version);
  }
  EXPECT_EQ(ReasonOf(status), v1::DISK_FULL);
  EXPECT_GT(stored.size(), 50u);
  EXPECT_GT(disk.Space()->free_bytes, 0u) << "nothing is left for deletes";
  EXPECT_TRUE((*store)->Statistics().writes_refused);
  EXPECT_FALSE((*store)->Statistics().failed);
  EXPECT_TRUE((*store)->DeleteVersions(stored).ok());
  for (bool did_work = true; did_work;) ASSERT_TRUE((*store)->CompactOnce(&did_work).ok());
  EXPECT_TRUE(PutBytes(**store, MakeChunkId(5000), MakeBytes(1, 50000)).ok());
}

}  // namespace
}  // namespace trebol
