#pragma once

#include <vector>

#include "cli/console.h"
#include "client/cluster_status.h"

namespace trebol::cli {

/// The storage nodes as people read them, a line each.
void PrintNodes(const std::vector<client::NodeStatus>& nodes, Console& console);

/// On a terminal, unless NO_COLOR is set.
bool ColourWanted(const Environment& environment);

}  // namespace trebol::cli
