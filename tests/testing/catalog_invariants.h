#pragma once

#include "absl/status/status.h"
#include "tests/testing/memory_transaction.h"

namespace trebol::testing {

/// What must hold of metadata's rows between any two commands, whatever they were: bytes that a row
/// refers to are no garbage, their references are counted, and so are the totals. INTERNAL names
/// the first rule that is broken.
absl::Status CheckCatalog(const MemoryTransaction& rows);

}  // namespace trebol::testing
