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

class GatedFile final : public File {
 public:
  GatedFile(std::unique_ptr<File> file, Gate& gate) : file_(std::move(file)), gate_(gate) {}
  absl::StatusOr<size_t> Read(uint64_t offset, void* to, size_t size) override {
    return file_->Read(offset, to, size);
  }
  size_t ReadCached(uint64_t offset, void* to, size_t size) override {
    return file_->ReadCached(offset, to, size);
  }
  absl::Status Write(uint64_t offset, const void* data, size_t size) override {
    return file_->Write(offset, data, size);
  }
  absl::Status Sync() override {
    const absl::Status passed = gate_.Pass();
    return passed.ok() ? file_->Sync() : passed;
  }
  absl::StatusOr<uint64_t> Size() override { return file_->Size(); }

 private:
  const std::unique_ptr<File> file_;
  Gate& gate_;
};

class GatedFiles final : public FileSystem {
 public:
  GatedFiles(FileSystem& files, Gate& gate) : files_(files), gate_(gate) {}
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override {
    auto file = files_.Open(path, mode);
    if (!file.ok()) return file.status();
    return std::make_unique<GatedFile>(*std::move(file), gate_);
  }
  absl::Status CreateDirectories(const std::string& path) override {
    return files_.CreateDirectories(path);
  }
  absl::Status SyncDirectory(const std::string& path) override {
    return files_.SyncDirectory(path);
  }
  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override {
    return files_.List(path);
  }
  absl::Status Remove(const std::string& path) override { return files_.Remove(path); }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    return files_.Rename(from, to);
  }
  absl::Status Truncate(const std::string& path, uint64_t size) override {
    return files_.Truncate(path, size);
  }
  absl::StatusOr<DiskSpace> Space(const std::string& path) override { return files_.Space(path); }
  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& path) override {
    return files_.Lock(path);
  }

 private:
  FileSystem& files_;
  Gate& gate_;
};

class UnflushedPut : public testing::Test {
 protected:
  UnflushedPut() {
    EngineOptions options = TestOptions("/disk/node");
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
  GatedFiles files_{disk_.files(), gate_};
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
