#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace trebol::cli {

/// A line a row; the first row is the heading. Columns are as wide as their widest cell, two spaces
/// apart; a column of cells that all begin with a digit is aligned to the right.
std::vector<std::string> AlignColumns(const std::vector<std::vector<std::string>>& rows);

enum class Colour { kGood, kWarning, kBad };

/// `text` in colour, or as it is when `enabled` is false.
std::string Paint(absl::string_view text, Colour colour, bool enabled);

}  // namespace trebol::cli
