#pragma once

#include <string>

#include "absl/status/status.h"

namespace trebol {

/// Writes a file that only its owner may read (0600), whole or not at all: under another name
/// first, then renamed. Durable when it returns. UNAVAILABLE with the path and the reason.
absl::Status WritePrivateFile(const std::string& path, const std::string& text);

}  // namespace trebol
