#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

class ChunkStoreTest : public testing::Test {
 protected:
  ChunkStoreTest() : options_(TestOptions(directory_.path() + "/node")) { Open(); }

  void Open() {
    store_.reset();
    auto store = SegmentChunkStore::Open(options_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void Put(const ChunkId& id, const std::string& bytes) {
    const auto put = PutBytes(*store_, id, bytes);
    ASSERT_TRUE(put.ok()) << put.status();
  }
  std::string Get(const ChunkId& id, uint64_t offset = 0, uint64_t length = 0) {
    auto data = store_->Get(id, offset, length);
    if (!data.ok()) return "error: " + data.status().ToString();
    EXPECT_EQ(data->crc32c, Crc32c(data->data));
    if (const auto cached = store_->TryGet(id, offset, length)) {
      EXPECT_TRUE(cached->data == data->data);
      EXPECT_EQ(cached->crc32c, data->crc32c);
      EXPECT_EQ(cached->chunk_size, data->chunk_size);
    }
    return std::string(data->data);
  }
  ErrorReason GetError(const ChunkId& id) { return ReasonOf(store_->Get(id, 0, 0).status()); }

  TemporaryDirectory directory_;
  EngineOptions options_;
  std::unique_ptr<SegmentChunkStore> store_;
};

TEST_F(ChunkStoreTest, GivesBackWhatWasPut) {
  for (size_t size : {0u, 1u, 4095u, 65536u, 65537u, 1048576u, 4194304u}) {
    const ChunkId id = MakeChunkId(size + 1);
    const std::string bytes = MakeBytes(size, size);
    Put(id, bytes);
    EXPECT_EQ(Get(id), bytes) << size;
    const auto stat = store_->Stat(id);
    ASSERT_TRUE(stat.ok());
    EXPECT_EQ(stat->state, ChunkState::kPresent);
    EXPECT_EQ(stat->size, size);
    EXPECT_EQ(stat->crc32c, Crc32c(bytes));
  }
}

TEST_F(ChunkStoreTest, GivesRangesWithTheirOwnChecksum) {
  const ChunkId id = MakeChunkId(1);
  const std::string bytes = MakeBytes(1, 300000);
  Put(id, bytes);
  for (const auto& [offset, length] : std::vector<std::pair<size_t, size_t>>{
           {0, 1}, {65535, 2}, {65536, 65536}, {299999, 1}, {1000, 299000}, {100000, 0}}) {
    EXPECT_EQ(Get(id, offset, length),
              bytes.substr(offset, length == 0 ? std::string::npos : length));
  }
  EXPECT_EQ(store_->Get(id, 300001, 0).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(store_->Get(id, 299999, 2).status().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(ChunkStoreTest, GivesSmallRangesFromMemoryAndLeavesAllElseToGet) {
  SimulatedDisk disk;  // its files are always in memory
  options_.files = &disk.files();
  options_.index_env = disk.rocksdb_env();
  options_.directory = "/node";
  Open();
  const ChunkId id = MakeChunkId(1);
  const std::string bytes = MakeBytes(1, 150'000);
  Put(id, bytes);
  EXPECT_FALSE(store_->TryGet(id, 0, 100)) << "its segment is not open yet";
  EXPECT_EQ(Get(id), bytes);
  for (const auto& [offset, length] : std::vector<std::pair<size_t, size_t>>{
           {0, 1}, {65535, 2}, {65536, 65536}, {149'999, 1}, {140'000, 0}}) {
    const auto part = store_->TryGet(id, offset, length);
    ASSERT_TRUE(part) << offset;
    const std::string expected = bytes.substr(offset, length == 0 ? std::string::npos : length);
    EXPECT_EQ(part->data, expected);
    EXPECT_EQ(part->crc32c, Crc32c(expected));
    EXPECT_EQ(part->chunk_size, bytes.size());
  }
  EXPECT_FALSE(store_->TryGet(id, 0, 0)) << "too large";
  EXPECT_FALSE(store_->TryGet(id, 0, kMostOfTryGet + 1));
  EXPECT_FALSE(store_->TryGet(id, 149'999, 2)) << "beyond the end";
  EXPECT_FALSE(store_->TryGet(id, 150'001, 0));
  EXPECT_FALSE(store_->TryGet(MakeChunkId(2), 0, 1)) << "absent";
  ASSERT_TRUE(store_->DeleteVersions({id.version}).ok());
  EXPECT_FALSE(store_->TryGet(id, 0, 1));
  store_.reset();
}

TEST_F(ChunkStoreTest, KeepsChunksWhenReopened) {
  Put(MakeChunkId(1), "one");
  Put(MakeChunkId(2), MakeBytes(2, 200000));
  Open();
  EXPECT_FALSE(store_->recovery().index_rebuilt);
  EXPECT_EQ(Get(MakeChunkId(1)), "one");
  EXPECT_EQ(Get(MakeChunkId(2)), MakeBytes(2, 200000));
  EXPECT_EQ(store_->Statistics().chunks, 2u);
  EXPECT_EQ(store_->Statistics().chunk_bytes, 200003u);
  EXPECT_EQ(store_->Statistics().incarnation, 2u);
}

TEST_F(ChunkStoreTest, RebuildsTheIndexFromTheLog) {
  for (uint64_t i = 1; i <= 20; ++i) Put(MakeChunkId(i), MakeBytes(i, 30000));
  ASSERT_TRUE(store_->DeleteVersions({{MakeChunkId(3).version}}).ok());
  const StoreStatistics before = store_->Statistics();
  store_.reset();
  std::filesystem::remove_all(options_.directory + "/index");
  Open();
  EXPECT_TRUE(store_->recovery().replayed_batches > 0);
  for (uint64_t i = 1; i <= 20; ++i) {
    if (i == 3) continue;
    EXPECT_EQ(Get(MakeChunkId(i)), MakeBytes(i, 30000));
  }
  EXPECT_EQ(GetError(MakeChunkId(3)), v1::CHUNK_NOT_FOUND);
  EXPECT_EQ(store_->Statistics().chunks, before.chunks);
  EXPECT_EQ(store_->Statistics().chunk_bytes, before.chunk_bytes);
  EXPECT_GE(store_->Statistics().synced_position, before.synced_position);
  EXPECT_FALSE(store_->Statistics().uncertain);
}

TEST_F(ChunkStoreTest, AnswersARepeatAndRefusesOtherBytes) {
  Put(MakeChunkId(1), "bytes");
  EXPECT_EQ(PutBytes(*store_, MakeChunkId(1), "bytes").value(), PutResult::kAlreadyStored);
  EXPECT_EQ(ReasonOf(PutBytes(*store_, MakeChunkId(1), "other").status()), v1::CHUNK_CONFLICT);
  EXPECT_EQ(Get(MakeChunkId(1)), "bytes");
}

TEST_F(ChunkStoreTest, RefusesBytesThatAreNotWhatTheSenderSummed) {
  const auto put = store_->Put(MakeChunkId(1), Bytes("bytes"), 12345, PutOptions());
  EXPECT_EQ(ReasonOf(put.status()), v1::CHECKSUM_MISMATCH);
  EXPECT_EQ(GetError(MakeChunkId(1)), v1::CHUNK_NOT_FOUND);
  Put(MakeChunkId(1), "bytes");
}

TEST_F(ChunkStoreTest, PutsOfOneCallAreFlushedTogetherAndJudgedOneByOne) {
  Put(MakeChunkId(1), "there");
  Put(MakeChunkId(2), "deleted");
  ASSERT_TRUE(store_->DeleteVersions({MakeChunkId(2).version}).ok());
  ASSERT_TRUE(store_->CloseSession(Generation(3), SessionId(9)).ok());
  const auto put = [](const ChunkId& id, const std::string& bytes) {
    return ChunkPut{.id = id, .data = Bytes(bytes), .crc32c = Crc32c(bytes)};
  };
  std::vector<ChunkPut> puts = {
      put(MakeChunkId(1), "there"),       put(MakeChunkId(1), "other"),
      put(MakeChunkId(2), "late"),        put(MakeChunkId(3, 0, 9), "closed"),
      put(MakeChunkId(4), "new"),         put(MakeChunkId(5), "broken"),
      put(MakeChunkId(6), "new too"),     put(MakeChunkId(6), "new too"),
      put(MakeChunkId(6), "but differs"),
  };
  puts[5].crc32c ^= 1;
  const auto results = store_->PutMany(puts);
  ASSERT_EQ(results.size(), puts.size());
  EXPECT_EQ(results[0].value(), PutResult::kAlreadyStored);
  EXPECT_EQ(ReasonOf(results[1].status()), v1::CHUNK_CONFLICT);
  EXPECT_EQ(ReasonOf(results[2].status()), v1::VERSION_DELETED);
  EXPECT_EQ(ReasonOf(results[3].status()), v1::SESSION_CLOSED);
  EXPECT_EQ(results[4].value(), PutResult::kStored);
  EXPECT_EQ(ReasonOf(results[5].status()), v1::CHECKSUM_MISMATCH);
  EXPECT_EQ(results[6].value(), PutResult::kStored);
  EXPECT_EQ(results[7].value(), PutResult::kAlreadyStored);
  EXPECT_EQ(ReasonOf(results[8].status()), v1::CHUNK_CONFLICT);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Get(MakeChunkId(4)), "new");
    EXPECT_EQ(Get(MakeChunkId(6)), "new too");
    EXPECT_EQ(GetError(MakeChunkId(5)), v1::CHUNK_NOT_FOUND);
    EXPECT_EQ(GetError(MakeChunkId(3, 0, 9)), v1::CHUNK_NOT_FOUND);
    Open();
  }
  EXPECT_TRUE(store_->PutMany({}).empty());
}

TEST_F(ChunkStoreTest, CallsOfSeveralChunksDoNotWaitForEachOtherInACircle) {
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (uint64_t round = 1; round <= 50; ++round) {
        std::vector<ChunkPut> puts;
        for (uint32_t i = 0; i < 4; ++i) {  // the same four, begun elsewhere
          const std::string bytes = "the same for all";
          puts.push_back({.id = MakeChunkId(round, (i + thread) % 4),
                          .data = Bytes(bytes),
                          .crc32c = Crc32c(bytes)});
        }
        for (const auto& result : store_->PutMany(puts)) failed += result.ok() ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(store_->Statistics().chunks, 200u);
}

TEST_F(ChunkStoreTest, DeletesAVersionForGood) {
  for (uint32_t index = 0; index < 5; ++index) Put(MakeChunkId(1, index), "12345");
  Put(MakeChunkId(2), "other");
  const VersionId version = MakeChunkId(1).version;
  const auto deleted = store_->DeleteVersions({version});
  ASSERT_TRUE(deleted.ok());
  EXPECT_EQ(deleted->chunks, 5u);
  EXPECT_EQ(deleted->bytes, 25u);
  EXPECT_EQ(store_->DeleteVersions({version})->chunks, 0u);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(GetError(MakeChunkId(1, 3)), v1::CHUNK_NOT_FOUND);
    EXPECT_EQ(store_->Stat(MakeChunkId(1, 3))->state, ChunkState::kDeleted);
    EXPECT_EQ(ReasonOf(PutBytes(*store_, MakeChunkId(1, 9), "late").status()), v1::VERSION_DELETED);
    EXPECT_EQ(Get(MakeChunkId(2)), "other");
    Open();
  }
}

TEST_F(ChunkStoreTest, RefusesPutsOfClosedSessions) {
  Put(MakeChunkId(1), "early");
  ASSERT_TRUE(store_->CloseSession(Generation(3), SessionId(7)).ok());
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(ReasonOf(PutBytes(*store_, MakeChunkId(2), "late").status()), v1::SESSION_CLOSED);
    EXPECT_EQ(Get(MakeChunkId(1)), "early");
    EXPECT_TRUE(PutBytes(*store_, MakeChunkId(2 + round, 0, 8), "another").ok());
    Open();
    EXPECT_TRUE(store_->IsSessionClosed(Generation(3), SessionId(7)));
  }
}

TEST_F(ChunkStoreTest, OffersTheVersionsThatNobodyDecided) {
  for (uint64_t sequence = 1; sequence <= 9; ++sequence) {
    Put(MakeChunkId(sequence, 0), "abc");
    Put(MakeChunkId(sequence, 1), "de");
  }
  SessionMarks marks{
      .generation = Generation(3), .session = SessionId(7), .decided_below = 6, .open = {2, 4}};
  ASSERT_TRUE(store_->RecordSession(marks, LogLineage()).ok());
  Open();
  const auto all = store_->UndecidedVersions(Generation(3), SessionId(7), 0, 100);
  ASSERT_TRUE(all.ok());
  std::vector<uint64_t> sequences;
  for (const HeldVersion& held : *all) {
    sequences.push_back(held.version.sequence);
    EXPECT_EQ(held.bytes, 5u);
  }
  EXPECT_THAT(sequences, testing::ElementsAre(2, 4, 6, 7, 8, 9));
  const auto page = store_->UndecidedVersions(Generation(3), SessionId(7), 4, 2);
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ(page->front().version.sequence, 6u);
}

TEST_F(ChunkStoreTest, RefusesAReportThatFitsNoBatchAndGoesOn) {
  SessionMarks marks{
      .generation = Generation(3), .session = SessionId(7), .decided_below = 1000000};
  for (uint64_t i = 0; i < 300000; ++i) marks.open.push_back(i);
  EXPECT_EQ(ReasonOf(store_->RecordSession(marks, LogLineage())), v1::INVALID_ARGUMENT);
  Put(MakeChunkId(1), "goes on");
  EXPECT_EQ(Get(MakeChunkId(1)), "goes on");
}

TEST_F(ChunkStoreTest, CompactsReportsThatTogetherFitNoBatch) {
  options_.segment_size = 64 * kMiB;
  Open();
  SessionMarks marks{.generation = Generation(3), .decided_below = 1000000};
  for (uint64_t i = 0; i < 100000; ++i) marks.open.push_back(i);
  for (uint64_t session = 1; session <= 6; ++session) {
    marks.session = SessionId(session);
    ASSERT_TRUE(store_->RecordSession(marks, LogLineage()).ok());
  }
  for (uint64_t i = 1; i <= 4; ++i) {  // enough small segments to be worth merging
    Open();
    Put(MakeChunkId(i), MakeBytes(i, 20000));
  }
  const auto oldest = [this] {
    return std::filesystem::exists(options_.directory + "/segments/0000000000000002.segment");
  };
  ASSERT_TRUE(oldest());
  for (bool did_work = true; did_work;) ASSERT_TRUE(store_->CompactOnce(&did_work).ok());
  EXPECT_FALSE(oldest());
  EXPECT_EQ(store_->OpenSessions()->size(), 6u);
}

TEST_F(ChunkStoreTest, KeepsInstalledEpochsAndTheLineage) {
  const std::vector<InstalledEpoch> epochs = {{PartitionId(1), Epoch(5), "entry one"},
                                              {PartitionId(2), Epoch(6), "entry two"}};
  ASSERT_TRUE(store_->InstallEpochs(epochs).ok());
  const std::vector<InstalledEpoch> older = {{PartitionId(1), Epoch(4), "old"}};
  ASSERT_TRUE(store_->InstallEpochs(older).ok());
  ASSERT_TRUE(store_
                  ->Put(MakeChunkId(1), Bytes("x"), Crc32c("x"),
                        {.lineage = {.term = 9, .index = LogIndex(100)}})
                  .ok());
  Open();
  const auto known = store_->Epochs();
  ASSERT_EQ(known->size(), 2u);
  EXPECT_EQ((*known)[0].epoch, Epoch(5));
  EXPECT_EQ((*known)[0].entry, "entry one");
  EXPECT_EQ(store_->Statistics().lineage.term, 9u);
  EXPECT_EQ(store_->Statistics().lineage.index, LogIndex(100));
}

TEST_F(ChunkStoreTest, ALaterPlaceInTheLogWinsWhateverItsTerm) {
  store_->NoteLineage({.term = 9, .index = LogIndex(100)});
  store_->NoteLineage({.term = 2, .index = LogIndex(101)});  // terms are random
  store_->NoteLineage({.term = 9, .index = LogIndex(99)});
  EXPECT_EQ(store_->Statistics().lineage, (LogLineage{.term = 2, .index = LogIndex(101)}));
}

TEST_F(ChunkStoreTest, CompactionGivesBackTheSpaceOfWhatWasDeleted) {
  for (uint64_t i = 1; i <= 60; ++i) Put(MakeChunkId(i), MakeBytes(i, 30000));
  std::vector<VersionId> doomed;
  for (uint64_t i = 1; i <= 60; ++i) {
    if (i % 3 != 0) doomed.push_back(MakeChunkId(i).version);
  }
  ASSERT_TRUE(store_->DeleteVersions(doomed).ok());
  const uint64_t before = store_->Statistics().disk_bytes;
  int rewritten = 0;
  for (bool did_work = true; did_work; ++rewritten) {
    ASSERT_TRUE(store_->CompactOnce(&did_work).ok());
    ASSERT_LT(rewritten, 100);
  }
  EXPECT_GT(rewritten, 3);
  EXPECT_LT(store_->Statistics().disk_bytes, before * 2 / 3);
  for (int round = 0; round < 3; ++round) {
    for (uint64_t i = 1; i <= 60; ++i) {
      if (i % 3 == 0) {
        EXPECT_EQ(Get(MakeChunkId(i)), MakeBytes(i, 30000)) << i;
      } else {
        EXPECT_EQ(store_->Stat(MakeChunkId(i))->state, ChunkState::kDeleted) << i;
      }
    }
    store_.reset();
    if (round == 1) std::filesystem::remove_all(options_.directory + "/index");
    Open();
    EXPECT_EQ(store_->recovery().index_rebuilt, false) << store_->recovery().rebuild_reason;
  }
}

/// A clock whose date is what the test says.
class DatedClock final : public Clock {
 public:
  Instant Now() const override { return SystemClock().Now(); }
  absl::Time WallTime() const override { return date; }
  absl::Time date = absl::UnixEpoch();
};

TEST_F(ChunkStoreTest, TombstonesGoOnceNothingIsLeftThatTheyBar) {
  DatedClock clock;
  store_.reset();
  options_.clock = &clock;
  options_.segment_size = 64 * 1024;
  Open();
  const auto fill = [&](uint64_t from) {
    std::vector<VersionId> versions;
    for (uint64_t i = from; i < from + 12; ++i) {
      Put(MakeChunkId(i), MakeBytes(i, 20000));
      versions.push_back(MakeChunkId(i).version);
    }
    ASSERT_TRUE(store_->DeleteVersions(versions).ok());
    for (bool did_work = true; did_work;) ASSERT_TRUE(store_->CompactOnce(&did_work).ok());
  };
  fill(1);
  EXPECT_EQ(store_->Stat(MakeChunkId(1))->state, ChunkState::kDeleted);
  clock.date += kTombstoneLife + absl::Seconds(1);
  fill(100);
  fill(200);
  EXPECT_EQ(store_->Stat(MakeChunkId(1))->state, ChunkState::kAbsent) << "it is kept for ever";
  EXPECT_EQ(store_->Stat(MakeChunkId(100))->state, ChunkState::kDeleted) << "it went too early";
  store_.reset();
  std::filesystem::remove_all(options_.directory + "/index");
  Open();
  EXPECT_EQ(store_->Stat(MakeChunkId(1))->state, ChunkState::kAbsent) << "it came back";
  EXPECT_EQ(store_->Stat(MakeChunkId(100))->state, ChunkState::kDeleted);
  store_.reset();
}

TEST_F(ChunkStoreTest, RefusesWritesButNotDeletesWhenTheDiskIsNearlyFull) {
  store_.reset();
  options_.capacity_bytes = 1 * kMiB;
  Open();
  uint64_t stored = 0;
  absl::Status status;
  for (; status.ok() && stored < 1000; ++stored) {
    status = PutBytes(*store_, MakeChunkId(stored + 1), MakeBytes(stored, 50000)).status();
  }
  EXPECT_EQ(ReasonOf(status), v1::DISK_FULL);
  EXPECT_GT(stored, 10u);
  EXPECT_EQ(Get(MakeChunkId(1)), MakeBytes(0, 50000));
  std::vector<VersionId> all;
  for (uint64_t i = 1; i <= stored; ++i) all.push_back(MakeChunkId(i).version);
  EXPECT_TRUE(store_->DeleteVersions(all).ok());
  for (bool did_work = true; did_work;) ASSERT_TRUE(store_->CompactOnce(&did_work).ok());
  EXPECT_TRUE(PutBytes(*store_, MakeChunkId(5000), MakeBytes(1, 50000)).ok());
}

TEST_F(ChunkStoreTest, AFullDiskTakesWritesAgainWhenHalfIsDeleted) {
  store_.reset();
  options_.segment_size = EngineOptions().segment_size;  // as in production: larger than this disk
  options_.capacity_bytes = 16 * kMiB;
  Open();
  uint64_t stored = 0;
  const auto put = [this](uint64_t i) {
    return PutBytes(*store_, MakeChunkId(i), MakeBytes(i, 300000)).status();
  };
  while (stored < 1000 && put(stored + 1).ok()) ++stored;
  ASSERT_GT(stored, 40u);
  EXPECT_TRUE(store_->Statistics().writes_refused);
  for (uint64_t i = 1; i <= stored; i += 2) {
    ASSERT_TRUE(store_->DeleteVersions({MakeChunkId(i).version}).ok());
  }
  for (bool did_work = true; did_work;) ASSERT_TRUE(store_->CompactOnce(&did_work).ok());
  for (uint64_t i = 5000; i < 5010; ++i) EXPECT_TRUE(put(i).ok()) << i;
  for (uint64_t i = 2; i <= stored; i += 2) EXPECT_EQ(Get(MakeChunkId(i)), MakeBytes(i, 300000));
}

/// Lets the process open only `more` files than it has open now.
class FewFiles {
 public:
  explicit FewFiles(rlim_t more) {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit limit = before_;
    const std::filesystem::directory_iterator open("/proc/self/fd");
    limit.rlim_cur = static_cast<rlim_t>(std::distance(begin(open), end(open))) + more;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~FewFiles() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

TEST_F(ChunkStoreTest, MayHaveMoreSegmentsThanTheProcessMayOpenFiles) {
  constexpr uint64_t kSegments = 150;
  store_.reset();
  options_.segment_size = 16 * 1024;
  Open();
  for (uint64_t i = 1; i <= kSegments; ++i) Put(MakeChunkId(i), MakeBytes(i, 6000));
  store_.reset();
  const FewFiles few(70);
  Open();
  EXPECT_FALSE(store_->recovery().index_rebuilt) << store_->recovery().rebuild_reason;
  for (int round = 0; round < 2; ++round) {
    for (uint64_t i = 1; i <= kSegments; ++i) {
      EXPECT_EQ(Get(MakeChunkId(i)), MakeBytes(i, 6000)) << i;
      EXPECT_TRUE(store_->Tick().ok());
    }
    Put(MakeChunkId(1000 + round), MakeBytes(1, 6000));
    store_.reset();
    std::filesystem::remove_all(options_.directory + "/index");
    Open();
  }
}

TEST_F(ChunkStoreTest, ServesManyThreadsAtOnce) {
  constexpr uint64_t kThreads = 8, kEach = 40;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = 1; i <= kEach; ++i) {
        const ChunkId id = MakeChunkId(i, 0, 100 + t);
        const std::string bytes = MakeBytes(t * 1000 + i, 5000 + 100 * i);
        EXPECT_TRUE(PutBytes(*store_, id, bytes).ok());
        EXPECT_EQ(Get(id), bytes);
        if (i % 2 == 0) EXPECT_TRUE(store_->DeleteVersions({id.version}).ok());
        // All threads write this one: the first stores it, the others wait for its flush.
        EXPECT_TRUE(PutBytes(*store_, MakeChunkId(i, 0, 99), MakeBytes(i, 3000)).ok());
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < 50; ++i) {
      bool did_work = false;
      EXPECT_TRUE(store_->CompactOnce(&did_work).ok());
      EXPECT_TRUE(store_->Tick().ok());
      store_->Statistics();
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store_->Statistics().chunks, kThreads * kEach / 2 + kEach);
  for (uint64_t t = 0; t < kThreads; ++t) {
    EXPECT_EQ(Get(MakeChunkId(kEach - 1, 0, 100 + t)),
              MakeBytes(t * 1000 + kEach - 1, 5000 + 100 * (kEach - 1)));
    EXPECT_EQ(GetError(MakeChunkId(kEach, 0, 100 + t)), v1::CHUNK_NOT_FOUND);
  }
}

}  // namespace
}  // namespace trebol
