// RocksDB's files on the slow disk.
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>
#include <utility>

#include "tests/testing/faulty_disk.h"

namespace trebol::testing {
namespace {

using rocksdb::FileOptions;
using rocksdb::FSReadRequest;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class FaultyRandomAccess final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FaultyRandomAccess(const FaultyDisk& disk, std::unique_ptr<rocksdb::FSRandomAccessFile> file)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), disk_(disk) {}

  IOStatus Read(uint64_t offset, size_t size, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* context) const override {
    disk_.Wait();
    return FSRandomAccessFileOwnerWrapper::Read(offset, size, options, result, scratch, context);
  }
  IOStatus MultiRead(FSReadRequest* requests, size_t count, const IOOptions& options,
                     IODebugContext* context) override {
    disk_.Wait();
    return FSRandomAccessFileOwnerWrapper::MultiRead(requests, count, options, context);
  }

 private:
  const FaultyDisk& disk_;
};

class FaultyWritable final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyWritable(const FaultyDisk& disk, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk) {}

  IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
    disk_.Wait();
    return FSWritableFileOwnerWrapper::Sync(options, context);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    disk_.Wait();
    return FSWritableFileOwnerWrapper::Fsync(options, context);
  }

 private:
  const FaultyDisk& disk_;
};

class FaultyRocksDbFiles final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultyRocksDbFiles(const FaultyDisk& disk)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}
  const char* Name() const override { return "FaultyRocksDbFiles"; }

  IOStatus NewRandomAccessFile(const std::string& name, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext* context) override {
    disk_.Wait();
    IOStatus status = FileSystemWrapper::NewRandomAccessFile(name, options, result, context);
    if (status.ok()) *result = std::make_unique<FaultyRandomAccess>(disk_, std::move(*result));
    return status;
  }
  IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* context) override {
    disk_.Wait();
    IOStatus status = FileSystemWrapper::NewWritableFile(name, options, result, context);
    if (status.ok()) *result = std::make_unique<FaultyWritable>(disk_, std::move(*result));
    return status;
  }

 private:
  const FaultyDisk& disk_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> MakeFaultyRocksDbEnv(const FaultyDisk& disk) {
  return rocksdb::NewCompositeEnv(std::make_shared<FaultyRocksDbFiles>(disk));
}

}  // namespace trebol::testing
