#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/config/access_pair.h"

namespace trebol {

/// The file in which the key of root is kept that metadata drew at its first start, 0600
/// (common/config/credentials.h): reads it, or draws a pair and writes it, durably and whole.
absl::StatusOr<AccessPair> ReadOrCreateCredentials(const std::string& path);

}  // namespace trebol
