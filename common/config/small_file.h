#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace trebol {

/// The whole of a settings or secret file: at most 1 MiB, so that a wrong path cannot fill the
/// memory. The error names the path and the system's reason.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

}  // namespace trebol
