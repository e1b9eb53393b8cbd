#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trebol {

/// What one run of the engine against power cuts did and found.
struct PowerCutRun {
  uint64_t cuts = 0;
  uint64_t cuts_while_opening = 0;
  uint64_t acked_puts = 0;
  uint64_t acked_deletes = 0;
  uint64_t compactions = 0;
  uint64_t rewritten_records = 0;
  uint64_t dropped_records = 0;
  uint64_t index_rebuilds = 0;
  std::vector<std::string> violations;  // of a promise; none is the only right number
};

/// Lets a store work on a simulated disk, cuts the power at an instant that the seed chooses, opens
/// it again, compares with a ledger of what was acknowledged, and so on for several lives.
/// Everything but the order of threads follows from the seed.
PowerCutRun RunEnginePowerCuts(uint64_t seed);

}  // namespace trebol
