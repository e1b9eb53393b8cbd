#include "storage-node/engine/chunk_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol {

namespace {

/// What of the chunk has to be read to verify a range of it.
struct Blocks {
  uint64_t from = 0;
  uint64_t to = 0;
};

Blocks BlocksOf(const rows::Chunk& row, uint64_t offset, uint64_t length) {
  const uint64_t from = offset / kChecksumBlockSize * kChecksumBlockSize;
  const uint64_t end =
      (offset + length + kChecksumBlockSize - 1) / kChecksumBlockSize * kChecksumBlockSize;
  return {from, std::min<uint64_t>(row.size, end)};
}

absl::StatusOr<ChunkData> Verified(const Segment& segment, const rows::Chunk& row, Blocks blocks,
                                   uint64_t offset, uint64_t length, std::shared_ptr<char> buffer) {
  ChunkData result{.chunk_size = row.size};
  for (uint64_t block = blocks.from; block < blocks.to; block += kChecksumBlockSize) {
    const uint64_t block_size = std::min<uint64_t>(kChecksumBlockSize, blocks.to - block);
    const absl::string_view bytes(buffer.get() + (block - blocks.from), block_size);
    const uint32_t crc = Crc32c(bytes);
    if (crc != row.block_crcs[block / kChecksumBlockSize] && !Planted("engine.reads_unverified")) {
      return absl::DataLossError(absl::StrCat("a block of ", segment.path(), " at ",
                                              row.place.offset + block,
                                              " is not what was written"));
    }
    // The part of the block that was asked for.
    const uint64_t begin = std::max(block, offset);
    const uint64_t end = std::min(block + block_size, offset + length);
    const bool whole = end - begin == block_size;
    result.crc32c = CombineCrc32c(
        result.crc32c, whole ? crc : Crc32c(bytes.substr(begin - block, end - begin)), end - begin);
  }
  const absl::string_view wanted(buffer.get() + (offset - blocks.from), length);
  result.data =
      absl::MakeCordFromExternal(wanted, [owned = std::move(buffer)](absl::string_view) {});
  return result;
}

}  // namespace

absl::StatusOr<ChunkData> ReadVerified(Segment& segment, const rows::Chunk& row, uint64_t offset,
                                       uint64_t length, ReadBuffers& buffers) {
  if (length == 0) return ChunkData{.chunk_size = row.size};
  const Blocks blocks = BlocksOf(row, offset, length);
  const uint64_t size = blocks.to - blocks.from;
  std::shared_ptr<char> buffer = buffers.Take(size);
  ASSIGN_OR_RETURN(const size_t got,
                   segment.Read(row.place.offset + blocks.from, buffer.get(), size));
  if (got != size) {
    return absl::DataLossError(absl::StrCat(segment.path(), " is shorter than it was"));
  }
  return Verified(segment, row, blocks, offset, length, std::move(buffer));
}

std::optional<ChunkData> ReadVerifiedCached(Segment& segment, const rows::Chunk& row,
                                            uint64_t offset, uint64_t length,
                                            ReadBuffers& buffers) {
  if (length == 0) return ChunkData{.chunk_size = row.size};
  const Blocks blocks = BlocksOf(row, offset, length);
  const uint64_t size = blocks.to - blocks.from;
  std::shared_ptr<char> buffer = buffers.Take(size);
  if (segment.ReadCached(row.place.offset + blocks.from, buffer.get(), size) != size) {
    return std::nullopt;
  }
  auto verified = Verified(segment, row, blocks, offset, length, std::move(buffer));
  if (!verified.ok()) return std::nullopt;
  return *std::move(verified);
}

}  // namespace trebol
