// RocksDB's file system on the simulated disk.
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "tests/testing/simulated_disk.h"

namespace trebol {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus ToRocksDb(const absl::Status& status) {
  if (status.ok()) return IOStatus::OK();
  const std::string message(status.message());
  if (absl::IsNotFound(status)) return IOStatus::PathNotFound(message);
  if (absl::IsResourceExhausted(status)) return IOStatus::NoSpace(message);
  return IOStatus::IOError(message);
}

IOStatus ReadInto(SimulatedDisk& disk, const SimulatedDisk::Handle& handle, uint64_t offset,
                  size_t size, Slice* result, char* scratch) {
  const auto got = disk.Read(handle, offset, scratch, size);
  if (!got.ok()) return ToRocksDb(got.status());
  *result = Slice(scratch, *got);
  return IOStatus::OK();
}

class Sequential final : public rocksdb::FSSequentialFile {
 public:
  Sequential(SimulatedDisk& disk, SimulatedDisk::Handle handle)
      : disk_(disk), handle_(std::move(handle)) {}
  IOStatus Read(size_t size, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    const IOStatus status = ReadInto(disk_, handle_, at_, size, result, scratch);
    if (status.ok()) at_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t size) override {
    at_ += size;
    return IOStatus::OK();
  }

 private:
  SimulatedDisk& disk_;
  const SimulatedDisk::Handle handle_;
  uint64_t at_ = 0;
};

class RandomAccess final : public rocksdb::FSRandomAccessFile {
 public:
  RandomAccess(SimulatedDisk& disk, SimulatedDisk::Handle handle)
      : disk_(disk), handle_(std::move(handle)) {}
  IOStatus Read(uint64_t offset, size_t size, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    return ReadInto(disk_, handle_, offset, size, result, scratch);
  }

 private:
  SimulatedDisk& disk_;
  const SimulatedDisk::Handle handle_;
};

class Writable final : public rocksdb::FSWritableFile {
 public:
  Writable(SimulatedDisk& disk, SimulatedDisk::Handle handle)
      : disk_(disk), handle_(std::move(handle)) {}
  using FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    return ToRocksDb(disk_.Append(handle_, data.data(), data.size()));
  }
  IOStatus Truncate(uint64_t size, const IOOptions&, IODebugContext*) override {
    return ToRocksDb(disk_.Truncate(handle_, size));
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return ToRocksDb(disk_.Sync(handle_));
  }
  bool IsSyncThreadSafe() const override { return true; }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    return disk_.Size(handle_).value_or(0);
  }

 private:
  SimulatedDisk& disk_;
  const SimulatedDisk::Handle handle_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(SimulatedDisk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return ToRocksDb(disk_.SyncDirectory(path_));
  }

 private:
  SimulatedDisk& disk_;
  const std::string path_;
};

class Lock final : public rocksdb::FileLock {
 public:
  Lock(std::string path, uint64_t life) : path_(std::move(path)), life_(life) {}
  const std::string path_;
  const uint64_t life_;
};

std::string Plain(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  for (size_t at; (at = path.find("//")) != std::string::npos;) path.erase(at, 1);
  return path;
}

class Files final : public rocksdb::FileSystem {
 public:
  explicit Files(SimulatedDisk& disk) : disk_(disk) {}
  const char* Name() const override { return "SimulatedDisk"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    auto handle = disk_.OpenFile(Plain(path));
    if (handle.ok()) *result = std::make_unique<Sequential>(disk_, *std::move(handle));
    return ToRocksDb(handle.status());
  }
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override {
    auto handle = disk_.OpenFile(Plain(path));
    if (handle.ok()) *result = std::make_unique<RandomAccess>(disk_, *std::move(handle));
    return ToRocksDb(handle.status());
  }
  IOStatus NewWritableFile(const std::string& path, const FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    auto handle = disk_.CreateFile(Plain(path));
    if (handle.ok()) *result = std::make_unique<Writable>(disk_, *std::move(handle));
    return ToRocksDb(handle.status());
  }
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext* debug) override {
    auto handle = disk_.OpenFile(Plain(path));
    if (!handle.ok()) return NewWritableFile(path, options, result, debug);
    *result = std::make_unique<Writable>(disk_, *std::move(handle));
    return IOStatus::OK();
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
    *result = std::make_unique<Directory>(disk_, Plain(path));
    return IOStatus::OK();
  }
  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    return disk_.Exists(Plain(path)) ? IOStatus::OK() : IOStatus::NotFound(path);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* result,
                       IODebugContext*) override {
    auto names = disk_.List(Plain(path));
    if (names.ok()) *result = *std::move(names);
    return ToRocksDb(names.status());
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToRocksDb(disk_.Remove(Plain(path)));
  }
  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    if (disk_.IsDirectory(Plain(path))) return IOStatus::IOError("exists: " + path);
    return ToRocksDb(disk_.CreateDirectories(Plain(path)));
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToRocksDb(disk_.CreateDirectories(Plain(path)));
  }
  IOStatus DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToRocksDb(disk_.RemoveDirectory(Plain(path)));
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions&, uint64_t* size,
                       IODebugContext*) override {
    const auto handle = disk_.OpenFile(Plain(path));
    if (!handle.ok()) return ToRocksDb(handle.status());
    const auto got = disk_.Size(*handle);
    *size = got.value_or(0);
    return ToRocksDb(got.status());
  }
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, uint64_t* time,
                                   IODebugContext*) override {
    *time = 0;
    return IOStatus::OK();
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return ToRocksDb(disk_.Rename(Plain(from), Plain(to)));
  }
  IOStatus LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** lock,
                    IODebugContext*) override {
    const absl::Status status = disk_.Lock(Plain(path));
    if (status.ok()) *lock = new Lock(Plain(path), disk_.life());
    return ToRocksDb(status);
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    const std::unique_ptr<Lock> owned(static_cast<Lock*>(lock));
    disk_.Unlock(owned->path_, owned->life_);
    return IOStatus::OK();
  }
  IOStatus GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) override {
    *path = "/test";
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* result,
                           IODebugContext*) override {
    *result = path;
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* result,
                       IODebugContext*) override {
    *result = disk_.IsDirectory(Plain(path));
    return IOStatus::OK();
  }

 private:
  SimulatedDisk& disk_;
};

/// The machine's, but RocksDB does not sit out a second after each background job that lost its
/// disk.
class HastyClock final : public rocksdb::SystemClockWrapper {
 public:
  using SystemClockWrapper::SystemClockWrapper;
  const char* Name() const override { return "HastyClock"; }
  void SleepForMicroseconds(int micros) override {
    SystemClockWrapper::SleepForMicroseconds(std::min(micros, 100));
  }
};

class SimulatedEnv final : public rocksdb::EnvWrapper {
 public:
  explicit SimulatedEnv(std::unique_ptr<rocksdb::Env> base)
      : EnvWrapper(base.get()), base_(std::move(base)) {
    file_system_ = base_->GetFileSystem();
    system_clock_ = std::make_shared<HastyClock>(base_->GetSystemClock());
  }
  const char* Name() const override { return "SimulatedEnv"; }

 private:
  const std::unique_ptr<rocksdb::Env> base_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> NewSimulatedRocksDbEnv(SimulatedDisk& disk) {
  return std::make_unique<SimulatedEnv>(rocksdb::NewCompositeEnv(std::make_shared<Files>(disk)));
}

}  // namespace trebol
