#include "tests/testing/simulated_files.h"

#include <utility>

#include "common/base/status_macros.h"
#include "tests/testing/simulated_disk.h"

namespace trebol {
namespace {

class SimulatedFile final : public File {
 public:
  SimulatedFile(SimulatedDisk& disk, SimulatedDisk::Handle handle)
      : disk_(disk), handle_(std::move(handle)) {}
  absl::StatusOr<size_t> Read(uint64_t offset, void* to, size_t size) override {
    return disk_.Read(handle_, offset, to, size);
  }
  size_t ReadCached(uint64_t offset, void* to, size_t size) override {
    return Read(offset, to, size).value_or(0);
  }
  absl::Status Write(uint64_t offset, const void* data, size_t size) override {
    return disk_.Write(handle_, offset, data, size);
  }
  absl::Status Sync() override { return disk_.Sync(handle_); }
  absl::StatusOr<uint64_t> Size() override { return disk_.Size(handle_); }

 private:
  SimulatedDisk& disk_;
  const SimulatedDisk::Handle handle_;
};

class SimulatedLock final : public DirectoryLock {
 public:
  SimulatedLock(SimulatedDisk& disk, std::string path)
      : disk_(disk), path_(std::move(path)), life_(disk.life()) {}
  ~SimulatedLock() override { disk_.Unlock(path_, life_); }

 private:
  SimulatedDisk& disk_;
  const std::string path_;
  const uint64_t life_;
};

class SimulatedFiles final : public FileSystem {
 public:
  explicit SimulatedFiles(SimulatedDisk& disk) : disk_(disk) {}

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override {
    auto handle = mode == Mode::kRead ? disk_.OpenFile(path) : disk_.CreateFile(path);
    RETURN_IF_ERROR(handle.status());
    return std::make_unique<SimulatedFile>(disk_, *std::move(handle));
  }
  absl::Status CreateDirectories(const std::string& path) override {
    return disk_.CreateDirectories(path);
  }
  absl::Status SyncDirectory(const std::string& path) override { return disk_.SyncDirectory(path); }
  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override {
    return disk_.List(path);
  }
  absl::Status Remove(const std::string& path) override { return disk_.Remove(path); }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    return disk_.Rename(from, to);
  }
  absl::Status Truncate(const std::string& path, uint64_t size) override {
    ASSIGN_OR_RETURN(const SimulatedDisk::Handle handle, disk_.OpenFile(path));
    return disk_.Truncate(handle, size);
  }
  absl::StatusOr<DiskSpace> Space(const std::string&) override { return disk_.Space(); }
  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& path) override {
    RETURN_IF_ERROR(disk_.Lock(path));
    return std::make_unique<SimulatedLock>(disk_, path);
  }

 private:
  SimulatedDisk& disk_;
};

}  // namespace

std::unique_ptr<FileSystem> NewSimulatedFiles(SimulatedDisk& disk) {
  return std::make_unique<SimulatedFiles>(disk);
}

}  // namespace trebol
