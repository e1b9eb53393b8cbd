#include "storage-node/engine/chunk_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol {

absl::StatusOr<ChunkData> ReadVerified(Segment& segment, const rows::Chunk& row, uint64_t offset,
                                       uint64_t length, ReadBuffers& buffers) {
  ChunkData result{.chunk_size = row.size};
  if (length == 0) return result;
  const uint64_t from = offset / kChecksumBlockSize * kChecksumBlockSize;
  const uint64_t to = std::min<uint64_t>(row.size, (offset + length + kChecksumBlockSize - 1) /
                                                       kChecksumBlockSize * kChecksumBlockSize);
  std::shared_ptr<char> buffer = buffers.Take(to - from);
  ASSIGN_OR_RETURN(const size_t got,
                   segment.Read(row.place.offset + from, buffer.get(), to - from));
  if (got != to - from) {
    return absl::DataLossError(absl::StrCat(segment.path(), " is shorter than it was"));
  }
  for (uint64_t block = from; block < to; block += kChecksumBlockSize) {
    const uint64_t block_size = std::min<uint64_t>(kChecksumBlockSize, to - block);
    const absl::string_view bytes(buffer.get() + (block - from), block_size);
    const uint32_t crc = Crc32c(bytes);
    if (crc != row.block_crcs[block / kChecksumBlockSize]) {
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
  const absl::string_view wanted(buffer.get() + (offset - from), length);
  result.data =
      absl::MakeCordFromExternal(wanted, [owned = std::move(buffer)](absl::string_view) {});
  return result;
}

}  // namespace trebol
