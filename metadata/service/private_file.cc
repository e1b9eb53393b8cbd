#include "metadata/service/private_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

absl::Status Failed(const std::string& path, absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(path, ": cannot ", what, ": ", std::strerror(errno)));
}

absl::Status WriteDurably(const std::string& path, const std::string& text) {
  // One that is left over may be readable by others.
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return Failed(path, "remove it");
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Failed(path, "create it");
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fsync(file) == 0;
  const absl::Status status = written ? absl::OkStatus() : Failed(path, "write it");
  close(file);
  return status;
}

absl::Status SyncDirectory(const std::string& path) {
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return Failed(path, "open it");
  const absl::Status status = fsync(directory) == 0 ? absl::OkStatus() : Failed(path, "flush it");
  close(directory);
  return status;
}

}  // namespace

absl::Status WritePrivateFile(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  RETURN_IF_ERROR(WriteDurably(beside, text));
  if (rename(beside.c_str(), path.c_str()) != 0) return Failed(path, "rename it into place");
  const size_t slash = path.rfind('/');
  return SyncDirectory(slash == std::string::npos ? "." : path.substr(0, slash + 1));
}

}  // namespace trebol
