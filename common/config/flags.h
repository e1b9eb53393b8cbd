#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace trebol {

/// A flag that the program knows, without its dashes.
struct KnownFlag {
  std::string name;
  bool takes_value = true;
};

struct FlagValues {
  std::map<std::string, std::vector<std::string>> values;  // each as often as it was given
  std::vector<std::string> positionals;
};

/// Splits the arguments after the program's name: `--name value`, `--name=value`, `--switch`,
/// `--switch=false`; everything after `--` is positional. INVALID_ARGUMENT for an unknown flag,
/// with the nearest known one, and for a flag without its value.
absl::StatusOr<FlagValues> ParseFlags(const std::vector<KnownFlag>& known,
                                      const std::vector<std::string>& arguments);

}  // namespace trebol
