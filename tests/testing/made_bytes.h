#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "client/types.h"

namespace trebol::testing {

/// A body that two numbers describe: it can be sent without being kept, and recognised when it
/// comes back. Bodies of different seeds have no eight bytes in common by anything but chance.
struct MadeBytes {
  uint64_t seed = 0;
  uint64_t size = 0;

  /// The bytes from `offset` on.
  void Fill(uint64_t offset, char* to, size_t count) const;
  std::string All() const;
  /// Gives all of it once.
  client::Source Source() const;
  /// True if `bytes` are those at `offset`.
  bool Matches(uint64_t offset, absl::string_view bytes) const;

  bool operator==(const MadeBytes&) const = default;
};

}  // namespace trebol::testing
