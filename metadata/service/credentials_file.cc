#include "metadata/service/credentials_file.h"

#include <unistd.h>

#include "common/base/status_macros.h"
#include "common/config/credentials.h"
#include "metadata/service/private_file.h"

namespace trebol {

absl::StatusOr<AccessPair> ReadOrCreateCredentials(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0) return ReadCredentials(path);
  AccessPair pair = NewAccessPair();
  RETURN_IF_ERROR(WritePrivateFile(path, CredentialsText(pair)));
  return pair;
}

}  // namespace trebol
