#pragma once

#include <optional>
#include <string>
#include <vector>

namespace trebol::bench {

/// What the figures were measured on, a JSON object for the file of rows.
std::string MachineAsJson();

/// Of rounds; nothing of none. Of an even number, between the two in the middle.
std::optional<double> Median(std::vector<double> values);

}  // namespace trebol::bench
