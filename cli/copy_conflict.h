#pragma once

#include <string>
#include <vector>

#include "cli/copy_plan.h"

namespace trebol::cli {

/// What is wrong with carrying out all of these at the same time: the copy of one replaces what
/// another is to be copied from, so that what comes out depends on which was first. An item that is
/// copied onto itself is none of that. Empty if nothing is wrong.
std::string ConflictIn(const std::vector<CopyItem>& items);

}  // namespace trebol::cli
