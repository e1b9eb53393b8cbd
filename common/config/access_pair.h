#pragma once

#include <string>

namespace trebol {

/// A key as its owner has it.
struct AccessPair {
  std::string id;
  std::string secret;
  friend bool operator==(const AccessPair&, const AccessPair&) = default;
};

/// As long as AWS makes them: 20 capital letters and digits, 40 letters and digits (238 bits), from
/// the operating system's generator. Without the "/" and "+" that AWS has in secrets: some tools
/// trip over them.
AccessPair NewAccessPair();

}  // namespace trebol
