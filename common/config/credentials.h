#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/config/access_pair.h"

namespace trebol {

/// Keys in files: the form of ~/.aws/credentials with a section [default].

std::string CredentialsText(const AccessPair& pair);
/// Other sections are not looked at. FAILED_PRECONDITION for a file without the two lines; the
/// error shows none of it.
absl::StatusOr<AccessPair> ReadCredentials(const std::string& path);

/// Two lines for a shell: `export AWS_ACCESS_KEY_ID=…`, `export AWS_SECRET_ACCESS_KEY=…`.
std::string ExportLines(const AccessPair& pair);

}  // namespace trebol
