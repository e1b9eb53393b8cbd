#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace trebol::catalog {

/// One renewal moves a watermark at most so far; the rest follows with later ones. Bounds the rows
/// that one transaction touches, at four times what a gateway gives out in a second.
inline constexpr uint64_t kMaxWatermarkStep = 16 * 1024;

/// Which numbers of a session (sequences of versions, counters of operations) may still be decided:
/// those at or above `below`, and those listed. Pure.
struct Watermark {
  uint64_t below = 0;
  std::vector<uint64_t> open;  // ascending, all below `below`

  bool IsOpen(uint64_t number) const;

  friend bool operator==(const Watermark&, const Watermark&) = default;
};

/// The watermark after its owner proposed another one. Numbers only ever leave: it never falls, and
/// below the old mark the new list is a subset of the old one, whatever is proposed.
Watermark Advance(const Watermark& current, uint64_t proposed_below,
                  absl::Span<const uint64_t> proposed_open);

}  // namespace trebol::catalog
