#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"

namespace trebol::client {

/// How a file is cut: parts of equal size, the last one shorter. An empty file has one empty part.
struct PartPlan {
  uint64_t size = 0;  // of the whole, bytes
  uint64_t part_size = 0;
  size_t count = 0;

  uint64_t OffsetOf(size_t part) const { return part * part_size; }
  uint64_t SizeOf(size_t part) const {
    return part + 1 < count ? part_size : size - OffsetOf(part);
  }
};

/// For an upload of `size` bytes. With a part size of 0: 16 MiB, or the least multiple of 4 MiB (a
/// chunk) that gives at most 10,000 parts; the same for the same size, or a resumed upload would
/// find no part that fits. INVALID_ARGUMENT for a part size that breaks a limit.
absl::StatusOr<PartPlan> PlanUpload(uint64_t size, uint64_t part_size);

/// For a download; any number of ranges. 0: 16 MiB.
PartPlan PlanDownload(uint64_t size, uint64_t range_size);

}  // namespace trebol::client
