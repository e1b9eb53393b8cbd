#pragma once

#include <string>
#include <vector>

#include "tests/unit/tree/source_tree.h"

namespace trebol {

/// The includes that go against the layers of docs/architecture.md, each as "FILE:LINE: what is
/// wrong". A room that the table does not know is reported too: whoever adds one says where it
/// stands.
std::vector<std::string> BadIncludeEdges(const std::vector<SourceFile>& tree);

/// Headers that draw in a library which is to stay in .cc files, for the seconds that it costs
/// every translation unit, but for those in a short list with reasons.
std::vector<std::string> HeavyHeaders(const std::vector<SourceFile>& tree);

/// Files above 600 lines, headers without #pragma once, left-over marks, and primitives for which
/// there is one of our own.
std::vector<std::string> BadHabits(const std::vector<SourceFile>& tree);

}  // namespace trebol
