#include "common/cluster/placement_hash.h"

#include <xxhash.h>

#include <bit>
#include <string>

namespace trebol {

uint64_t PlacementHash(const ChunkId& id) {
  std::string bytes;
  bytes.reserve(kChunkIdSize);
  AppendChunkId(id, &bytes);
  return XXH3_64bits(bytes.data(), bytes.size());
}

PartitionId PartitionOf(const ChunkId& id, size_t partitions) {
  const int bits = std::countr_zero(partitions);
  return PartitionId(bits == 0 ? 0 : PlacementHash(id) >> (64 - bits));
}

}  // namespace trebol
