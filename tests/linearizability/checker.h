#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/linearizability/operation.h"

namespace trebol::linearizability {

enum class Legality {
  kLegal,
  kIllegal,
  kUnknown,  // the search was given up: too many states, or too many operations
};

struct CheckResult {
  Legality legality = Legality::kLegal;
  uint64_t states = 0;  // visited
  /// The longest order that was found, as indices of the given operations: all that were answered
  /// if it is legal.
  std::vector<size_t> order;
};

inline constexpr size_t kMostOperations = 128;  // of one key
inline constexpr uint64_t kMostStates = 4'000'000;

/// Whether one order of the operations of one key exists that a register could have done them in,
/// and in which each lies between its call and its answer. The algorithm of Porcupine: Wing and
/// Gong's search with Lowe's memory of what was tried (which operations are done, and the value
/// then), as bit sets. The key is absent at first. Deterministic. Exponential at worst in the
/// number of operations that overlap, hence the limit: 40 bytes a state.
///
/// Operations that change nothing are taken as soon as they fit, which loses no order: one that
/// changes nothing and fits now can be moved to here from wherever it stands. Values that nobody
/// saw are one, and of open operations that do the same the first call is used first.
CheckResult Check(const std::vector<Operation>& operations, uint64_t most_states = kMostStates);

}  // namespace trebol::linearizability
