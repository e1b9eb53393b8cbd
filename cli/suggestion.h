#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace trebol::cli {

/// The candidate that `typed` was probably meant to be; empty if none is near.
std::string Nearest(absl::string_view typed, const std::vector<std::string>& candidates);

/// "; did you mean 'X'?", or nothing.
std::string DidYouMean(absl::string_view typed, const std::vector<std::string>& candidates);

}  // namespace trebol::cli
