#pragma once

#include <optional>

#include "tests/linearizability/operation.h"

namespace trebol::linearizability {

/// What one key does when operations come one after the other: the value after the operation, or
/// nothing if a register that holds `state` cannot answer so. An operation of unknown outcome is
/// taken to take effect now; that it never does is the same as doing so after all others.
std::optional<Value> Apply(Value state, const Operation& operation);

}  // namespace trebol::linearizability
