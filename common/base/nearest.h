#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace trebol {

/// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
size_t EditDistance(absl::string_view a, absl::string_view b);

/// For an error about a name that does not exist: "did you mean X?" if one of `known` is close,
/// else "the nearest is X". Empty if nothing is known. O(known × length²).
std::string Suggest(absl::string_view typed, const std::vector<std::string>& known);

}  // namespace trebol
