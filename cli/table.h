#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace trebol::cli {

/// A line a row. Columns are as wide as their widest cell and two spaces apart; those in `numbers`
/// are aligned to the right.
std::vector<std::string> AlignColumns(const std::vector<std::vector<std::string>>& rows,
                                      const std::set<size_t>& numbers);

enum class Colour { kGood, kWarning, kBad };

/// `text` in colour, or as it is when `enabled` is false.
std::string Paint(absl::string_view text, Colour colour, bool enabled);

}  // namespace trebol::cli
