#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/engine/index_rows.h"
#include "storage-node/engine/read_buffers.h"
#include "storage-node/engine/segment.h"

namespace trebol {

/// Reads `length` bytes from `offset` of the chunk that `row` describes, into one of `buffers`,
/// which the result shares, and verifies every 64 KiB block that the range touches. DATA_LOSS if a
/// block is not what was written, UNAVAILABLE if the medium fails.
absl::StatusOr<ChunkData> ReadVerified(Segment& segment, const rows::Chunk& row, uint64_t offset,
                                       uint64_t length, ReadBuffers& buffers);

/// Likewise without waiting for the disk; nullopt if not all of it is in memory, or is not right.
std::optional<ChunkData> ReadVerifiedCached(Segment& segment, const rows::Chunk& row,
                                            uint64_t offset, uint64_t length, ReadBuffers& buffers);

}  // namespace trebol
