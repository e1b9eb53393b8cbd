#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trebol {

/// An open file. Thread-safe for reads; writes and Sync are called by one thread at a time.
class File {
 public:
  virtual ~File() = default;
  /// Reads up to `size` bytes at `offset`; less only at the end of the file.
  virtual absl::StatusOr<size_t> Read(uint64_t offset, void* to, size_t size) = 0;
  /// As Read, but of what is in memory only, without waiting for the disk: short where that ends.
  virtual size_t ReadCached(uint64_t offset, void* to, size_t size) = 0;
  /// A hint: what is flushed and cached of it is forgotten, so that the next read is the medium's.
  virtual void DropCache() {}
  /// Writes all of it or fails. With direct I/O, offset, size and address are multiples of
  /// kDirectAlignment. A full disk is RESOURCE_EXHAUSTED with DISK_FULL.
  virtual absl::Status Write(uint64_t offset, const void* data, size_t size) = 0;
  /// Returns once everything written, and the size, is on the medium (fdatasync).
  virtual absl::Status Sync() = 0;
  virtual absl::StatusOr<uint64_t> Size() = 0;
};

/// Holds a lock on a directory until it is destroyed.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

struct DiskSpace {
  uint64_t capacity_bytes = 0;
  uint64_t free_bytes = 0;
};

/// Where the engine keeps its files: the seam at which tests lose power, fail writes and flip bits.
/// Thread-safe. Errors: NOT_FOUND, RESOURCE_EXHAUSTED with DISK_FULL, and UNAVAILABLE for a medium
/// that fails; messages name the file and what the system said.
class FileSystem {
 public:
  enum class Mode {
    kRead,          // through the page cache
    kCreate,        // new and empty (what was there is gone), for writes through the page cache
    kCreateDirect,  // as kCreate, past the page cache where the file system accepts that
  };

  virtual ~FileSystem() = default;
  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) = 0;
  /// Also its parents, and durably. OK if it exists.
  virtual absl::Status CreateDirectories(const std::string& path) = 0;
  /// Makes creations, renames and removals in `path` durable.
  virtual absl::Status SyncDirectory(const std::string& path) = 0;
  /// Names in a directory, sorted, without . and ..
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& path) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  /// Cuts a file off at `size` bytes, durably.
  virtual absl::Status Truncate(const std::string& path, uint64_t size) = 0;
  virtual absl::StatusOr<DiskSpace> Space(const std::string& path) = 0;
  /// Takes the lock file `path`, or FAILED_PRECONDITION with the process id of who has it.
  virtual absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& path) = 0;
};

inline constexpr size_t kDirectAlignment = 4096;

/// The operating system's. Lives for ever.
FileSystem& PosixFileSystem();

/// All of a small file.
absl::StatusOr<std::string> ReadWholeFile(FileSystem& files, const std::string& path);

/// Replaces `directory`/`name` so that a crash leaves the old content or the new, never a mixture:
/// written beside it, flushed, renamed, directory flushed.
absl::Status ReplaceFile(FileSystem& files, const std::string& directory, const std::string& name,
                         const std::string& content);

}  // namespace trebol
