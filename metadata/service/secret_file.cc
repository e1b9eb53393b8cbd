#include "metadata/service/secret_file.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/rpc/identity.h"
#include "metadata/service/private_file.h"

namespace trebol {
namespace {

constexpr int kSecretBytes = 32;

}  // namespace

absl::StatusOr<std::string> ReadOrCreateSecret(const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/cluster.secret");
  if (access(path.c_str(), F_OK) == 0) return Identity::ReadSecretFile(path);
  const std::string secret = RandomHex(kSecretBytes);
  RETURN_IF_ERROR(WritePrivateFile(path, secret + "\n"));
  return secret;
}

}  // namespace trebol
