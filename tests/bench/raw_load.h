#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/load_meter.h"

namespace trebol::bench {

// The cheapest client that gRPC allows: calls that call back, raw buffers, no thread of its own.
// What `limits` calls clients are so many calls at a time.

/// Puts of `size` bytes to a relay.
absl::StatusOr<LoadReport> PutToRelay(const std::string& endpoint, uint64_t size,
                                      const LoadLimits& limits);
/// Gets of `size` bytes from a relay.
absl::StatusOr<LoadReport> GetFromRelay(const std::string& endpoint, uint64_t size,
                                        const LoadLimits& limits);

/// What the disk can do for puts of `size` bytes in three copies: three files in `directory`, each
/// written in order by a thread of its own with O_DIRECT where that works, and flushed after every
/// piece of at most a chunk. The files are removed; bytes are those of one file.
absl::StatusOr<LoadReport> WriteToDisk(const std::string& directory, uint64_t size,
                                       const LoadLimits& limits);

}  // namespace trebol::bench
