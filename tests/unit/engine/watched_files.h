#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage-node/engine/file_system.h"

namespace trebol {

/// A file system that tells before a file is flushed, which may wait or fail, and after one was
/// read. Set both while nothing runs.
class WatchedFiles final : public FileSystem {
 public:
  explicit WatchedFiles(FileSystem& files) : files_(files) {}

  std::function<absl::Status()> before_sync = [] { return absl::OkStatus(); };
  std::function<void()> after_read = [] {};

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override {
    auto file = files_.Open(path, mode);
    if (!file.ok()) return file.status();
    return std::make_unique<WatchedFile>(*this, *std::move(file));
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
  class WatchedFile final : public File {
   public:
    WatchedFile(WatchedFiles& files, std::unique_ptr<File> file)
        : files_(files), file_(std::move(file)) {}
    absl::StatusOr<size_t> Read(uint64_t offset, void* to, size_t size) override {
      auto read = file_->Read(offset, to, size);
      files_.after_read();
      return read;
    }
    size_t ReadCached(uint64_t offset, void* to, size_t size) override {
      return file_->ReadCached(offset, to, size);
    }
    absl::Status Write(uint64_t offset, const void* data, size_t size) override {
      return file_->Write(offset, data, size);
    }
    absl::Status Sync() override {
      const absl::Status status = files_.before_sync();
      return status.ok() ? file_->Sync() : status;
    }
    absl::StatusOr<uint64_t> Size() override { return file_->Size(); }

   private:
    WatchedFiles& files_;
    const std::unique_ptr<File> file_;
  };

  FileSystem& files_;
};

}  // namespace trebol
