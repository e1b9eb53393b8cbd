#include "client/internal/local_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol::client {
namespace {

constexpr size_t kReadSize = 256 * kKiB;

absl::Status SystemError(int error, absl::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(error, absl::StrCat("cannot ", what, " ", path));
}

/// How many bytes were there, at most `size`.
absl::StatusOr<size_t> ReadFully(int descriptor, uint64_t offset, char* to, size_t size,
                                 const std::string& path) {
  size_t read = 0;
  while (read < size) {
    const ssize_t got =
        pread(descriptor, to + read, size - read, static_cast<off_t>(offset + read));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(errno, "read", path);
    if (got == 0) break;
    read += static_cast<size_t>(got);
  }
  return read;
}

/// OUT_OF_RANGE if the file ends before.
absl::StatusOr<uint32_t> Crc32cOfFile(int descriptor, uint64_t offset, uint64_t size,
                                      const std::string& path) {
  const auto buffer = std::make_unique<char[]>(kReadSize);
  uint32_t crc = 0;
  while (size > 0) {
    const size_t wanted = std::min<uint64_t>(kReadSize, size);
    ASSIGN_OR_RETURN(const size_t got, ReadFully(descriptor, offset, buffer.get(), wanted, path));
    if (got < wanted) return absl::OutOfRangeError(absl::StrCat(path, " is too short"));
    crc = Crc32c(absl::string_view(buffer.get(), got), crc);
    offset += got;
    size -= got;
  }
  return crc;
}

absl::Status Changed(const std::string& path) {
  return absl::FailedPreconditionError(absl::StrCat(
      path, " changed while it was being read; upload it again when nothing writes to it"));
}

/// Or another download finished between our opening and locking: the file is under its own name.
bool StillNames(const std::string& path, int descriptor) {
  struct stat named;
  struct stat opened;
  return stat(path.c_str(), &named) == 0 && fstat(descriptor, &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/// The file that a download replaces: through links, and a regular one or none.
absl::StatusOr<std::string> Target(const std::string& path) {
  struct stat about;
  if (stat(path.c_str(), &about) != 0) return path;
  if (S_ISDIR(about.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is a directory; a file cannot take its place"));
  }
  if (!S_ISREG(about.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is not a regular file; GetObject writes into anything"));
  }
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  return error ? path : real.string();
}

}  // namespace

SourceFile::SourceFile(std::string path, int descriptor, uint64_t size, timespec modified)
    : path_(std::move(path)), descriptor_(descriptor), size_(size), modified_(modified) {}

SourceFile::~SourceFile() { close(descriptor_); }

absl::StatusOr<std::unique_ptr<SourceFile>> SourceFile::Open(const std::string& path) {
  // Without O_NONBLOCK a pipe would hold us here.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return SystemError(errno, "open", path);
  struct stat about;
  if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
    close(descriptor);
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is not a regular file; PutObject takes bytes from anywhere"));
  }
  return std::unique_ptr<SourceFile>(
      new SourceFile(path, descriptor, static_cast<uint64_t>(about.st_size), about.st_mtim));
}

absl::Status SourceFile::ReadAt(uint64_t offset, char* to, size_t size) const {
  ASSIGN_OR_RETURN(const size_t got, ReadFully(descriptor_, offset, to, size, path_));
  return got == size ? absl::OkStatus() : Changed(path_);
}

absl::StatusOr<uint32_t> SourceFile::Crc32cOf(uint64_t offset, uint64_t size) const {
  absl::StatusOr<uint32_t> crc = Crc32cOfFile(descriptor_, offset, size, path_);
  if (absl::IsOutOfRange(crc.status())) return Changed(path_);
  return crc;
}

absl::Status SourceFile::CheckUnchanged() const {
  struct stat about;
  if (fstat(descriptor_, &about) != 0) return SystemError(errno, "look at", path_);
  const bool same = static_cast<uint64_t>(about.st_size) == size_ &&
                    about.st_mtim.tv_sec == modified_.tv_sec &&
                    about.st_mtim.tv_nsec == modified_.tv_nsec;
  return same ? absl::OkStatus() : Changed(path_);
}

TargetFile::TargetFile(std::string path, std::string temporary, int descriptor, bool keep)
    : path_(std::move(path)),
      temporary_(std::move(temporary)),
      descriptor_(descriptor),
      keep_(keep) {}

TargetFile::~TargetFile() {
  if (!temporary_.empty() && !keep_) unlink(temporary_.c_str());
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<std::unique_ptr<TargetFile>> TargetFile::Create(const std::string& path) {
  ASSIGN_OR_RETURN(std::string target, Target(path));
  const size_t slash = target.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : target.substr(0, slash + 1);
  std::string temporary = absl::StrCat(folder, ".trebol-", RandomHex(8), ".part");
  const int descriptor = open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return SystemError(errno, "create", temporary);
  return std::unique_ptr<TargetFile>(
      new TargetFile(std::move(target), std::move(temporary), descriptor, /*keep=*/false));
}

absl::StatusOr<std::unique_ptr<TargetFile>> TargetFile::Resume(const std::string& path) {
  ASSIGN_OR_RETURN(std::string target, Target(path));
  std::string temporary = absl::StrCat(target, ".trebol-part");
  const int descriptor = open(temporary.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return SystemError(errno, "create", temporary);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 || !StillNames(temporary, descriptor)) {
    close(descriptor);
    return absl::FailedPreconditionError(absl::StrCat(
        temporary, " is in use by another download; wait for it, or choose another path"));
  }
  return std::unique_ptr<TargetFile>(
      new TargetFile(std::move(target), std::move(temporary), descriptor, /*keep=*/true));
}

absl::Status TargetFile::WriteAt(uint64_t offset, absl::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written =
        pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(errno, "write", temporary_);
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> TargetFile::Crc32cOf(uint64_t offset, uint64_t size) const {
  return Crc32cOfFile(descriptor_, offset, size, temporary_);
}

absl::Status TargetFile::Clear() const {
  if (ftruncate(descriptor_, 0) == 0) return absl::OkStatus();
  return SystemError(errno, "empty", temporary_);
}

absl::Status TargetFile::Commit(bool sync) {
  if (sync && fdatasync(descriptor_) != 0) return SystemError(errno, "flush", temporary_);
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return SystemError(errno, "create", path_);
  temporary_.clear();
  // Only now: until it has its name nobody else may take it for a download that can be resumed.
  if (close(std::exchange(descriptor_, -1)) != 0) return SystemError(errno, "write", path_);
  return absl::OkStatus();
}

}  // namespace trebol::client
