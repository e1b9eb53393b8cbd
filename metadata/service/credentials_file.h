#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/object/access_pair.h"

namespace trebol {

/// The file in which the key of root is kept that metadata drew at its first start: the form of
/// ~/.aws/credentials with a section [default], 0600.

std::string CredentialsText(const AccessPair& pair);
/// FAILED_PRECONDITION for a file without the two lines; the error shows none of it.
absl::StatusOr<AccessPair> ReadCredentials(const std::string& path);

/// Reads it, or draws a pair and writes it, durably and whole.
absl::StatusOr<AccessPair> ReadOrCreateCredentials(const std::string& path);

/// Two lines for a shell: `export AWS_ACCESS_KEY_ID=…`, `export AWS_SECRET_ACCESS_KEY=…`.
std::string ExportLines(const AccessPair& pair);

}  // namespace trebol
