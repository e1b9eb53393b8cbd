#include "tests/testing/slow_disk.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/time/clock.h"
#include "common/base/status_macros.h"

namespace trebol::testing {
namespace {

constexpr absl::Duration kLookInterval = absl::Milliseconds(10);

class SlowFile final : public File {
 public:
  SlowFile(const SlowDisk& disk, std::unique_ptr<File> file)
      : disk_(disk), file_(std::move(file)) {}

  absl::StatusOr<size_t> Read(uint64_t offset, void* to, size_t size) override {
    disk_.Wait();
    return file_->Read(offset, to, size);
  }
  size_t ReadCached(uint64_t offset, void* to, size_t size) override {
    // Never by waiting: its callers are threads that must not.
    return disk_.delay() > absl::ZeroDuration() ? 0 : file_->ReadCached(offset, to, size);
  }
  void DropCache() override { file_->DropCache(); }
  absl::Status Write(uint64_t offset, const void* data, size_t size) override {
    disk_.Wait();
    return file_->Write(offset, data, size);
  }
  absl::Status Sync() override {
    disk_.Wait();
    return file_->Sync();
  }
  absl::StatusOr<uint64_t> Size() override { return file_->Size(); }

 private:
  const SlowDisk& disk_;
  const std::unique_ptr<File> file_;
};

class SlowFiles final : public FileSystem {
 public:
  SlowFiles(const SlowDisk& disk, FileSystem& files) : disk_(disk), files_(files) {}

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override {
    disk_.Wait();
    ASSIGN_OR_RETURN(std::unique_ptr<File> file, files_.Open(path, mode));
    return std::make_unique<SlowFile>(disk_, std::move(file));
  }
  absl::Status CreateDirectories(const std::string& path) override {
    disk_.Wait();
    return files_.CreateDirectories(path);
  }
  absl::Status SyncDirectory(const std::string& path) override {
    disk_.Wait();
    return files_.SyncDirectory(path);
  }
  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override {
    disk_.Wait();
    return files_.List(path);
  }
  absl::Status Remove(const std::string& path) override {
    disk_.Wait();
    return files_.Remove(path);
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    disk_.Wait();
    return files_.Rename(from, to);
  }
  absl::Status Truncate(const std::string& path, uint64_t size) override {
    disk_.Wait();
    return files_.Truncate(path, size);
  }
  absl::StatusOr<DiskSpace> Space(const std::string& path) override { return files_.Space(path); }
  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& path) override {
    return files_.Lock(path);
  }

 private:
  const SlowDisk& disk_;
  FileSystem& files_;
};

}  // namespace

std::unique_ptr<FileSystem> MakeSlowFiles(const SlowDisk& disk, FileSystem& files) {
  return std::make_unique<SlowFiles>(disk, files);
}

SlowDisk::SlowDisk(std::string control_file, FileSystem& files)
    : control_file_(std::move(control_file)),
      files_(MakeSlowFiles(*this, files)),
      env_(MakeSlowRocksDbEnv(*this)) {
  Look();
  watcher_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      absl::SleepFor(kLookInterval);
      Look();
    }
  });
}

SlowDisk::~SlowDisk() = default;

void SlowDisk::Look() {
  int64_t milliseconds = 0;
  if (std::ifstream file(control_file_); !(file >> milliseconds)) milliseconds = 0;
  delay_ms_ = std::max<int64_t>(0, milliseconds);
}

void SlowDisk::Wait() const { absl::SleepFor(delay()); }

}  // namespace trebol::testing
