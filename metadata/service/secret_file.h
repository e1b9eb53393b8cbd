#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace trebol {

/// The secret by which the servers of a cluster know each other. Reads `directory`/cluster.secret,
/// or makes it (0600, 32 random bytes as hexadecimal digits, durable) at the first start.
absl::StatusOr<std::string> ReadOrCreateSecret(const std::string& directory);

}  // namespace trebol
