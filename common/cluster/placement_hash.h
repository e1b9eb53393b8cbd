#pragma once

#include <cstddef>
#include <cstdint>

#include "common/base/ids.h"

namespace trebol {

/// XXH3-64 of the 28 big-endian bytes of the id. Frozen: it decides where every chunk is.
uint64_t PlacementHash(const ChunkId& id);

/// The top bits of the chunk id's hash. `partitions` is a power of two, as every map's count is.
PartitionId PartitionOf(const ChunkId& id, size_t partitions);

}  // namespace trebol
