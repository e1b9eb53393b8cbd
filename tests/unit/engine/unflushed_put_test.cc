// What is not flushed yet does not exist: for nobody, and not for a repeat of the same put either.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "common/base/error.h"
#include "common/base/mutex.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"
#include "tests/unit/engine/watched_files.h"

namespace trebol {
namespace {

/// Flushes wait until they may end, and then do what they are told.
class Gate {
 public:
  void Shut() {
    MutexLock lock(&mutex_);
    shut_ = true;
  }
  void Open(absl::Status flushes = absl::OkStatus()) {
    MutexLock lock(&mutex_);
    shut_ = false;
    status_ = std::move(flushes);
    changed_.NotifyAll();
  }
  void AwaitOne() {
    MutexLock lock(&mutex_);
    while (waiting_ == 0) changed_.Wait(&mutex_);
  }
  absl::Status Pass() {
    MutexLock lock(&mutex_);
    ++waiting_;
    changed_.NotifyAll();
    while (shut_) changed_.Wait(&mutex_);
    --waiting_;
    return status_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool shut_ ABSL_GUARDED_BY(mutex_) = false;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

class UnflushedPut : public testing::Test {
 protected:
  UnflushedPut() {
    EngineOptions options = TestOptions("/disk/node");
    files_.before_sync = [this] { return gate_.Pass(); };
    options.files = &files_;
    options.index_env = disk_.rocksdb_env();
    auto store = SegmentChunkStore::Open(options);
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  std::future<absl::StatusOr<PutResult>> StartPut() {
    return std::async(std::launch::async, [this] { return PutBytes(*store_, kId, kBytes); });
  }
  static bool IsDone(const std::future<absl::StatusOr<PutResult>>& put) {
    return put.wait_for(std::chrono::milliseconds(50)) == std::future_status::ready;
  }

  const ChunkId kId = MakeChunkId(1);
  const std::string kBytes = MakeBytes(1, 5000);
  SimulatedDisk disk_;
  Gate gate_;
  WatchedFiles files_{disk_.files()};
  std::unique_ptr<SegmentChunkStore> store_;
};

TEST_F(UnflushedPut, IsThereForNobody) {
  gate_.Shut();
  auto put = StartPut();
  gate_.AwaitOne();
  EXPECT_FALSE(IsDone(put));
  EXPECT_EQ(store_->Stat(kId)->state, ChunkState::kAbsent) << "a peer would forget its copy";
  EXPECT_EQ(ReasonOf(store_->Get(kId, 0, 0).status()), v1::CHUNK_NOT_FOUND);
  gate_.Open();
  EXPECT_EQ(*put.get(), PutResult::kStored);
  EXPECT_EQ(store_->Stat(kId)->state, ChunkState::kPresent);
}

TEST_F(UnflushedPut, ARepeatWaitsForTheFlushThatCoversTheFirst) {
  gate_.Shut();
  auto first = StartPut();
  gate_.AwaitOne();
  auto repeat = StartPut();
  EXPECT_FALSE(IsDone(repeat));
  gate_.Open();
  EXPECT_EQ(*first.get(), PutResult::kStored);
  EXPECT_EQ(*repeat.get(), PutResult::kAlreadyStored);
}

TEST_F(UnflushedPut, ARepeatFailsWithTheFlushThatFailed) {
  gate_.Shut();
  auto first = StartPut();
  gate_.AwaitOne();
  auto repeat = StartPut();
  EXPECT_FALSE(IsDone(repeat));
  gate_.Open(absl::UnavailableError("the medium failed"));
  EXPECT_EQ(ReasonOf(first.get().status()), v1::STORE_FAILED);
  EXPECT_EQ(ReasonOf(repeat.get().status()), v1::STORE_FAILED);
  gate_.Open();
}

}  // namespace
}  // namespace trebol
