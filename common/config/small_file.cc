#include "common/config/small_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"

namespace trebol {

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  const auto failed = [&path] {
    return absl::ErrnoToStatus(errno, absl::StrCat("the file '", path, "' cannot be read"));
  };
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed();
  const auto close_file = absl::MakeCleanup([file] { close(file); });
  std::string content;
  char buffer[4096];
  while (true) {
    const ssize_t got = read(file, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed();
    if (got == 0) return content;
    content.append(buffer, static_cast<size_t>(got));
    if (content.size() > kMiB) {
      return absl::InvalidArgumentError(
          absl::StrCat("the file '", path, "' is larger than 1 MiB: is it the right one?"));
    }
  }
}

}  // namespace trebol
