#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "storage-node/engine/batch.h"
#include "storage-node/engine/segment.h"

namespace trebol {

/// Bytes in which no batch was found.
struct BadStretch {
  uint64_t from = 0;
  uint64_t to = 0;
  bool all_zero = false;    // as where a file grew and the data never came
  bool unreadable = false;  // the medium reported an error
};

struct SegmentScan {
  std::vector<Batch> batches;
  std::vector<BadStretch> bad;
};

/// Every batch between `from` (a multiple of 4 KiB) and `limit` whose header is good; after
/// anything else it goes on at the next 4 KiB. Reads headers only: payloads are not verified. A
/// medium that fails shows as a bad stretch; only a file that cannot be opened is an error.
absl::StatusOr<SegmentScan> ScanSegment(Segment& segment, uint64_t from, uint64_t limit);

}  // namespace trebol
