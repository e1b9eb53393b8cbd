#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "storage-node/engine/file_system.h"

namespace trebol {
namespace {

absl::Status SystemError(int error, absl::string_view verb, const std::string& path) {
  const std::string message =
      absl::StrCat("cannot ", verb, " ", path, ": ", std::generic_category().message(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EDQUOT:
      return MakeError(absl::StatusCode::kResourceExhausted, v1::DISK_FULL, message);
    default:
      return absl::UnavailableError(message);
  }
}

class PosixFile final : public File {
 public:
  PosixFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  ~PosixFile() override { close(fd_); }

  absl::StatusOr<size_t> Read(uint64_t offset, void* to, size_t size) override {
    size_t done = 0;
    while (done < size) {
      const ssize_t got =
          pread(fd_, static_cast<char*>(to) + done, size - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return SystemError(errno, "read", path_);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

  size_t ReadCached(uint64_t offset, void* to, size_t size) override {
    const iovec part{.iov_base = to, .iov_len = size};
    const ssize_t got = preadv2(fd_, &part, 1, static_cast<off_t>(offset), RWF_NOWAIT);
    return got < 0 ? 0 : static_cast<size_t>(got);  // also where the file system cannot say
  }

  void DropCache() override { (void)posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED); }

  absl::Status Write(uint64_t offset, const void* data, size_t size) override {
    size_t done = 0;
    while (done < size) {
      const ssize_t put = pwrite(fd_, static_cast<const char*>(data) + done, size - done,
                                 static_cast<off_t>(offset + done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return SystemError(errno, "write", path_);
      done += static_cast<size_t>(put);
    }
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    if (fdatasync(fd_) != 0) return SystemError(errno, "flush", path_);
    return absl::OkStatus();
  }

  absl::StatusOr<uint64_t> Size() override {
    struct stat info;
    if (fstat(fd_, &info) != 0) return SystemError(errno, "inspect", path_);
    return static_cast<uint64_t>(info.st_size);
  }

 private:
  const std::string path_;
  const int fd_;
};

class PosixLock final : public DirectoryLock {
 public:
  explicit PosixLock(int fd) : fd_(fd) {}
  ~PosixLock() override { close(fd_); }

 private:
  const int fd_;
};

class PosixFiles final : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override {
    int flags = O_CLOEXEC | O_RDONLY;
    if (mode != Mode::kRead) flags = O_CLOEXEC | O_RDWR | O_CREAT | O_TRUNC;
    int fd = -1;
    if (mode == Mode::kCreateDirect) fd = open(path.c_str(), flags | O_DIRECT, 0644);
    if (fd < 0) fd = open(path.c_str(), flags, 0644);  // tmpfs and some others refuse O_DIRECT
    if (fd < 0) return SystemError(errno, "open", path);
    return std::make_unique<PosixFile>(path, fd);
  }

  absl::Status CreateDirectories(const std::string& path) override {
    std::error_code error;
    std::vector<std::string> changed;  // that get a name which they did not have
    for (std::filesystem::path at = std::filesystem::absolute(path, error);
         at.has_relative_path() && !std::filesystem::exists(at, error); at = at.parent_path()) {
      changed.push_back(at.parent_path().string());
    }
    std::filesystem::create_directories(path, error);
    if (error) return SystemError(error.value(), "create", path);
    for (const std::string& parent : changed) RETURN_IF_ERROR(SyncDirectory(parent));
    return absl::OkStatus();
  }

  absl::Status SyncDirectory(const std::string& path) override {
    const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return SystemError(errno, "open", path);
    const int result = fsync(fd);
    const int error = errno;
    close(fd);
    if (result != 0) return SystemError(error, "flush", path);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override {
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator at(path, error);
    for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
      names.push_back(at->path().filename().string());
    }
    if (error) return SystemError(error.value(), "list", path);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::Status Remove(const std::string& path) override {
    if (unlink(path.c_str()) != 0) return SystemError(errno, "remove", path);
    return absl::OkStatus();
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    if (rename(from.c_str(), to.c_str()) != 0) return SystemError(errno, "rename", from);
    return absl::OkStatus();
  }

  absl::Status Truncate(const std::string& path, uint64_t size) override {
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) return SystemError(errno, "open", path);
    PosixFile file(path, fd);
    if (ftruncate(fd, static_cast<off_t>(size)) != 0) return SystemError(errno, "truncate", path);
    return file.Sync();
  }

  absl::StatusOr<DiskSpace> Space(const std::string& path) override {
    struct statvfs info;
    if (statvfs(path.c_str(), &info) != 0) return SystemError(errno, "inspect", path);
    // Blocks that only root may use count as taken.
    const uint64_t used = (info.f_blocks - info.f_bfree) * info.f_frsize;
    const uint64_t free = info.f_bavail * info.f_frsize;
    return DiskSpace{.capacity_bytes = used + free, .free_bytes = free};
  }

  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& path) override {
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return SystemError(errno, "open", path);
    auto lock = std::make_unique<PosixLock>(fd);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
      char owner[32] = {};
      const ssize_t got = pread(fd, owner, sizeof owner - 1, 0);
      if (got <= 0) std::strcpy(owner, "unknown");
      return absl::FailedPreconditionError(absl::StrCat(
          std::filesystem::path(path).parent_path().string(), " is in use by another process (pid ",
          owner, "); stop that one or choose another directory"));
    }
    const std::string pid = absl::StrCat(getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) {
      return SystemError(errno, "write", path);
    }
    return lock;
  }
};

}  // namespace

FileSystem& PosixFileSystem() {
  static PosixFiles& files = *new PosixFiles;
  return files;
}

}  // namespace trebol
