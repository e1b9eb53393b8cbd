#pragma once

#include <cstddef>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"

namespace trebol {

/// How many of `nodes` may be left out because their breakers say so: a third, at least one. More
/// at once are rather a fault of whoever judges (its network, its own pauses), and leaving them
/// out would end what still works.
size_t MostEjected(size_t nodes);

/// A node whose breaker is not closed.
struct Suspect {
  NodeId node;
  Instant since;
};

/// Which of `suspects` are left out: those that were the first, as many as may be. Nodes that are
/// known to be down are no suspects: leaving them out costs nothing.
std::vector<NodeId> Ejected(std::vector<Suspect> suspects, size_t nodes);

}  // namespace trebol
