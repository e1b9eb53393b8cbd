#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cli/console.h"

namespace trebol::cli {

/// NAME=VALUE words as a map; an empty optional after a mistake, which was named. `option` is what
/// stands before them.
std::optional<std::map<std::string, std::string>> ParsePairs(absl::string_view option,
                                                             const std::vector<std::string>& words,
                                                             Console& console);

}  // namespace trebol::cli
