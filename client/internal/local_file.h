#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol::client {

/// A file on its way up. Thread-safe.
class SourceFile {
 public:
  /// NOT_FOUND, PERMISSION_DENIED; FAILED_PRECONDITION for what is not a regular file.
  static absl::StatusOr<std::unique_ptr<SourceFile>> Open(const std::string& path);
  ~SourceFile();

  uint64_t size() const { return size_; }
  /// All of `size` bytes; FAILED_PRECONDITION if the file has become shorter.
  absl::Status ReadAt(uint64_t offset, char* to, size_t size) const;
  absl::StatusOr<uint32_t> Crc32cOf(uint64_t offset, uint64_t size) const;
  /// FAILED_PRECONDITION if somebody wrote to it since it was opened.
  absl::Status CheckUnchanged() const;

 private:
  SourceFile(std::string path, int descriptor, uint64_t size, timespec modified);

  const std::string path_;
  const int descriptor_;
  const uint64_t size_;
  const timespec modified_;
};

/// A file on its way down, under a temporary name beside its own. ReadAt and WriteAt are
/// thread-safe. Destroying it before Commit removes what is there, unless it is kept.
class TargetFile {
 public:
  /// What a symbolic link leads to is replaced, not the link. FAILED_PRECONDITION for a directory
  /// or a device.
  static absl::StatusOr<std::unique_ptr<TargetFile>> Create(const std::string& path);
  /// A temporary file that stays for the next try, and may be there from the last.
  /// FAILED_PRECONDITION while another download uses it.
  static absl::StatusOr<std::unique_ptr<TargetFile>> Resume(const std::string& path);
  ~TargetFile();

  absl::Status WriteAt(uint64_t offset, absl::string_view bytes) const;
  /// OUT_OF_RANGE if it is shorter.
  absl::StatusOr<uint32_t> Crc32cOf(uint64_t offset, uint64_t size) const;
  absl::Status Clear() const;
  /// Gives it its name. `sync`: flushes it before.
  absl::Status Commit(bool sync);
  /// It does not stay, whatever was said before.
  void Discard() { keep_ = false; }

  /// Beside the temporary file, for notes about it.
  std::string NotesPath() const { return path_ + ".trebol-state"; }

 private:
  TargetFile(std::string path, std::string temporary, int descriptor, bool keep);

  const std::string path_;
  std::string temporary_;  // empty: it has its name
  int descriptor_;
  bool keep_;
};

}  // namespace trebol::client
