#pragma once

#include "absl/strings/string_view.h"

namespace trebol {

/// True when the test-only build was told to misbehave in this way (environment
/// TREBOL_PLANTED_DEFECT=NAME). Each name stands for one guard; a test proves that it is caught.
/// In every other build this is the constant false, and the defect is not in the program.
#ifdef TREBOL_PLANTED_DEFECTS
bool Planted(absl::string_view defect);
#else
constexpr bool Planted(absl::string_view) { return false; }
#endif

}  // namespace trebol
