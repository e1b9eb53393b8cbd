#pragma once

#include <rocksdb/env.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "storage-node/engine/file_system.h"

namespace trebol::testing {

/// A disk that works and takes its time: everything that a store does on its files takes the delay
/// longer, each operation for itself, as with a disk that answers late. A read that the page cache
/// could answer is no exception: while there is a delay nothing counts as cached, and the read that
/// follows waits like any other. Only sizes, free space and the lock are as quick as ever. Or one
/// on which some reads of the store's own files (not of RocksDB's) fail with an error, at random.
///
/// Both are what `control_file` says, "MILLISECONDS [PERCENT]" in whole numbers, looked at every
/// 10 ms; no file or no number is none. So a test changes it in a process that runs. Thread-safe.
class FaultyDisk {
 public:
  explicit FaultyDisk(std::string control_file, FileSystem& files = PosixFileSystem());
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  /// For EngineOptions.files and .index_env.
  FileSystem& files() { return *files_; }
  /// RocksDB's files: reads, flushes and directory flushes wait. What it appends is buffered by the
  /// system and does not.
  rocksdb::Env* rocksdb_env() { return env_.get(); }

  absl::Duration delay() const { return absl::Milliseconds(delay_ms_.load()); }
  int failing_percent() const { return failing_percent_.load(); }
  /// Whether the read that is made now fails.
  bool ReadFails() const;
  /// Takes as long as one operation of the disk does more than usual.
  void Wait() const;

 private:
  void Look();

  const std::string control_file_;
  std::atomic<int64_t> delay_ms_ = 0;
  std::atomic<int> failing_percent_ = 0;
  std::unique_ptr<FileSystem> files_;
  std::unique_ptr<rocksdb::Env> env_;
  std::jthread watcher_;  // last: it uses the rest
};

/// The two halves, over the file systems given. `disk` outlives them.
std::unique_ptr<FileSystem> MakeFaultyFiles(const FaultyDisk& disk, FileSystem& files);
std::unique_ptr<rocksdb::Env> MakeFaultyRocksDbEnv(const FaultyDisk& disk);

}  // namespace trebol::testing
