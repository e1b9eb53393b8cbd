#pragma once

#include "cli/console.h"
#include "client/node_change.h"

namespace trebol::cli {

/// A plan as people read it: each node before and after, what moves, and notes. Refusals are left
/// to the caller.
void PrintPlan(const client::NodeChangePlan& plan, Console& console);

}  // namespace trebol::cli
