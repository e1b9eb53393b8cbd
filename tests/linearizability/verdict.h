#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/linearizability/checker.h"
#include "tests/linearizability/operation.h"

namespace trebol::linearizability {

/// What a run must have done at least for its verdict to mean anything.
struct Least {
  uint64_t writes = 200;   // answered, that changed something
  uint64_t reads = 200;    // answered
  uint64_t refusals = 10;  // conditional writes that were told no
  uint64_t overlaps = 50;  // pairs on one key, at least one of them a write, under way at once
};

/// The verdict on a history: every key is checked by itself, as a register each is what is
/// promised.
struct Verdict {
  uint64_t keys = 0, operations = 0;
  uint64_t writes = 0, reads = 0, refusals = 0, open = 0, overlaps = 0;
  uint64_t states = 0;                // visited
  uint64_t illegal = 0, unknown = 0;  // keys
  std::string vacuous;                // why; empty if it is not
  std::vector<std::string> findings;  // of each key that is not legal, with an excerpt

  bool good() const { return illegal == 0 && unknown == 0 && vacuous.empty(); }
  /// One line of numbers.
  std::string Summary() const;
};

Verdict Judge(const std::map<std::string, std::vector<Operation>>& history, const Least& least = {},
              uint64_t most_states = kMostStates);

}  // namespace trebol::linearizability
