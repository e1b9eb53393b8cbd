#pragma once

#include <string>
#include <vector>

#include "tests/linearizability/operation.h"

namespace trebol::linearizability {

/// What a person needs to see of an illegal history of one key: the shortest beginning of it that
/// is illegal, and of that the operations without which it would be legal, with the writes of the
/// values in them. A line each, in the order of their calls, times in milliseconds from the first.
///
/// Every step forgets answers, which only makes more orders legal, so what is left is illegal too.
std::string Excerpt(std::vector<Operation> operations);

}  // namespace trebol::linearizability
