// A chunk is given up while compaction is about to copy it: after each read that compaction makes,
// in turn.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"
#include "tests/unit/engine/watched_files.h"

namespace trebol {
namespace {

class CompactionRace : public testing::Test {
 protected:
  void Open() {
    EngineOptions options = TestOptions("/disk/node");
    options.segment_size = 64 * 1024;
    options.files = files_.get();
    options.index_env = disk_->rocksdb_env();
    store_.reset();
    auto store = SegmentChunkStore::Open(options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void Rebuild() {
    store_.reset();
    for (const std::string& path : disk_->Paths("/disk/node/index/")) {
      ASSERT_TRUE(disk_->files().Remove(path).ok());
    }
    Open();
  }
  void Put(uint64_t chunk) {
    const auto put = PutBytes(*store_, MakeChunkId(chunk), MakeBytes(chunk, 9000));
    ASSERT_TRUE(put.ok()) << put.status();
  }

  /// For n = 1, 2, …: a store whose first segment is worth compacting for chunks 1 and 2, of which
  /// `give_up` gives up one after the n-th read of its compaction; then `check`, before and after
  /// a rebuild of the index. Until compaction ends with fewer reads.
  void AfterEachRead(const std::function<void()>& give_up, const std::function<void()>& check) {
    bool interrupted = true;
    int rounds = 0;
    for (int n = 1; interrupted && !HasFatalFailure(); ++n, ++rounds) {
      SCOPED_TRACE(n);
      store_.reset();
      disk_ = std::make_unique<SimulatedDisk>();
      files_ = std::make_unique<WatchedFiles>(disk_->files());
      Open();
      for (uint64_t chunk = 1; chunk <= 12; ++chunk) Put(chunk);
      for (const uint64_t doomed : {3, 4, 5, 6}) {
        ASSERT_TRUE(store_->DeleteVersions({MakeChunkId(doomed).version}).ok());
      }
      int reads = 0;
      files_->after_read = [&] {
        if (++reads == n) give_up();
      };
      bool did_work = false;
      ASSERT_TRUE(store_->CompactOnce(&did_work).ok());
      ASSERT_TRUE(did_work);
      interrupted = reads >= n;
      files_->after_read = [] {};
      if (!interrupted) give_up();
      check();
      Rebuild();
      check();
      EXPECT_EQ(store_->Get(MakeChunkId(2), 0, 0)->data, MakeBytes(2, 9000));
      EXPECT_FALSE(store_->Statistics().uncertain);
    }
    EXPECT_GT(rounds, 2) << "compaction was hardly interrupted";
    store_.reset();
  }

  const ChunkId kId = MakeChunkId(1);
  std::unique_ptr<SimulatedDisk> disk_;
  std::unique_ptr<WatchedFiles> files_;
  std::unique_ptr<SegmentChunkStore> store_;
};

TEST_F(CompactionRace, ATombstoneWins) {
  AfterEachRead([this] { EXPECT_TRUE(store_->DeleteVersions({kId.version}).ok()); },
                [this] {
                  EXPECT_EQ(store_->Stat(kId)->state, ChunkState::kDeleted);
                  EXPECT_EQ(ReasonOf(store_->Get(kId, 0, 0).status()), v1::CHUNK_NOT_FOUND);
                  EXPECT_EQ(store_->Statistics().chunks, 7u);
                });
}

// A forget names a place. The copy that compaction made of it is a stray like any other: it is
// there until it is forgotten again, and never comes back after that.
TEST_F(CompactionRace, AForgottenCopyIsGoneOrAWholeStray) {
  int strays = 0;
  AfterEachRead([this] { EXPECT_TRUE(store_->inventory().Forget({kId}).ok()); },
                [this, &strays] {
                  if (store_->Stat(kId)->state == ChunkState::kPresent) {
                    ++strays;
                    EXPECT_EQ(store_->Get(kId, 0, 0)->data, MakeBytes(1, 9000));
                    EXPECT_EQ(store_->Statistics().chunks, 8u);
                    EXPECT_TRUE(store_->inventory().Forget({kId}).ok());
                  }
                  EXPECT_EQ(store_->Stat(kId)->state, ChunkState::kAbsent);
                  EXPECT_EQ(store_->Statistics().chunks, 7u);
                });
  std::printf("a copy was left %d times\n", strays);
}

}  // namespace
}  // namespace trebol
