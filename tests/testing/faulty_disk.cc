#include "tests/testing/faulty_disk.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/time/clock.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"

namespace trebol::testing {
namespace {

constexpr absl::Duration kLookInterval = absl::Milliseconds(10);

class FaultyFile final : public File {
 public:
  FaultyFile(const FaultyDisk& disk, std::unique_ptr<File> file)
      : disk_(disk), file_(std::move(file)) {}

  absl::StatusOr<size_t> Read(uint64_t offset, void* to, size_t size) override {
    disk_.Wait();
    if (disk_.ReadFails()) return absl::UnavailableError("a read of a faulty disk: EIO");
    return file_->Read(offset, to, size);
  }
  size_t ReadCached(uint64_t offset, void* to, size_t size) override {
    // Never by waiting: its callers are threads that must not.
    if (disk_.delay() > absl::ZeroDuration() || disk_.failing_percent() > 0) return 0;
    return file_->ReadCached(offset, to, size);
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
  const FaultyDisk& disk_;
  const std::unique_ptr<File> file_;
};

class FaultyFiles final : public FileSystem {
 public:
  FaultyFiles(const FaultyDisk& disk, FileSystem& files) : disk_(disk), files_(files) {}

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override {
    disk_.Wait();
    ASSIGN_OR_RETURN(std::unique_ptr<File> file, files_.Open(path, mode));
    return std::make_unique<FaultyFile>(disk_, std::move(file));
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
  const FaultyDisk& disk_;
  FileSystem& files_;
};

}  // namespace

std::unique_ptr<FileSystem> MakeFaultyFiles(const FaultyDisk& disk, FileSystem& files) {
  return std::make_unique<FaultyFiles>(disk, files);
}

FaultyDisk::FaultyDisk(std::string control_file, FileSystem& files)
    : control_file_(std::move(control_file)),
      files_(MakeFaultyFiles(*this, files)),
      env_(MakeFaultyRocksDbEnv(*this)) {
  Look();
  watcher_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      absl::SleepFor(kLookInterval);
      Look();
    }
  });
}

FaultyDisk::~FaultyDisk() = default;

void FaultyDisk::Look() {
  int64_t milliseconds = 0;
  int percent = 0;
  std::ifstream file(control_file_);
  if (!(file >> milliseconds)) milliseconds = 0;
  if (!(file >> percent)) percent = 0;
  delay_ms_ = std::max<int64_t>(0, milliseconds);
  failing_percent_ = std::clamp(percent, 0, 100);
}

bool FaultyDisk::ReadFails() const {
  const int percent = failing_percent();
  return percent > 0 && static_cast<int>(RandomId() % 100) < percent;
}

void FaultyDisk::Wait() const { absl::SleepFor(delay()); }

}  // namespace trebol::testing
