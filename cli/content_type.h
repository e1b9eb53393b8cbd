#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace trebol::cli {

/// By the extension of a path or key; empty if it is not a common one.
std::string GuessContentType(absl::string_view path);

}  // namespace trebol::cli
