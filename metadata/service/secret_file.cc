#include "metadata/service/secret_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/base/random.h"
#include "common/rpc/identity.h"

namespace trebol {
namespace {

constexpr int kSecretBytes = 32;

absl::Status Failed(const std::string& path, absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(path, ": cannot ", what, ": ", std::strerror(errno)));
}

absl::Status WriteDurably(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
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

absl::StatusOr<std::string> ReadOrCreateSecret(const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/cluster.secret");
  if (access(path.c_str(), F_OK) == 0) return Identity::ReadSecretFile(path);
  const std::string secret = RandomHex(kSecretBytes);
  // Under its name only when it is whole.
  const std::string beside = path + ".new";
  if (absl::Status status = WriteDurably(beside, secret + "\n"); !status.ok()) return status;
  if (rename(beside.c_str(), path.c_str()) != 0) return Failed(path, "rename it into place");
  if (absl::Status status = SyncDirectory(directory); !status.ok()) return status;
  return secret;
}

}  // namespace trebol
