#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol::cli {

/// A file on its way up. Not thread-safe.
class FileReader {
 public:
  /// NOT_FOUND, PERMISSION_DENIED; FAILED_PRECONDITION for what is not a regular file.
  static absl::StatusOr<std::unique_ptr<FileReader>> Open(const std::string& path);
  ~FileReader();

  uint64_t size() const { return size_; }
  /// 0 at the end. An error if the file has no longer the size that it had when it was opened.
  absl::StatusOr<size_t> Read(char* to, size_t size);

 private:
  FileReader(std::string path, int descriptor, uint64_t size);

  const std::string path_;
  const int descriptor_;
  const uint64_t size_;
  uint64_t read_ = 0;
};

/// A file on its way down: written under a temporary name in the same folder, and under its own
/// only when Commit succeeds; until then what was there stays. Devices and pipes are written
/// directly. Destroying it before Commit removes the temporary file. Not thread-safe.
class FileWriter {
 public:
  static absl::StatusOr<std::unique_ptr<FileWriter>> Create(const std::string& path);
  ~FileWriter();

  absl::Status Append(absl::string_view bytes);
  /// Gives it its name. `flush`: its bytes are on the disk before.
  absl::Status Commit(bool flush = false);

 private:
  FileWriter(std::string path, std::string temporary, int descriptor);

  const std::string path_;
  std::string temporary_;  // empty: there is none (any more)
  int descriptor_;         // -1 once closed
};

/// Makes the folders above root/relative, `root` itself included. Below `root` it follows no
/// symbolic link: a key may not lead out of the destination.
absl::Status MakeParents(const std::string& root, const std::string& relative);

/// Makes the names in the folders from root/relative up to that of `root` outlive a loss of power.
absl::Status FlushFolders(const std::string& root, const std::string& relative);

}  // namespace trebol::cli
