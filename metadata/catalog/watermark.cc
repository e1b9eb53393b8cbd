#include "metadata/catalog/watermark.h"

#include <algorithm>

namespace trebol::catalog {

bool Watermark::IsOpen(uint64_t number) const {
  return number >= below || std::binary_search(open.begin(), open.end(), number);
}

Watermark Advance(const Watermark& current, uint64_t proposed_below,
                  absl::Span<const uint64_t> proposed_open) {
  Watermark next;
  const uint64_t wanted = std::max(current.below, proposed_below);
  next.below = current.below + std::min(wanted - current.below, kMaxWatermarkStep);
  for (const uint64_t number : proposed_open) {
    if (number < next.below && current.IsOpen(number)) next.open.push_back(number);
  }
  std::sort(next.open.begin(), next.open.end());
  next.open.erase(std::unique(next.open.begin(), next.open.end()), next.open.end());
  return next;
}

}  // namespace trebol::catalog
