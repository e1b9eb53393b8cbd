#pragma once

#include <cstdint>
#include <utility>

#include "gateway/object/body.h"

namespace trebol {

/// Cuts a body into chunks of one size, without copying.
class ChunkedBody {
 public:
  ChunkedBody(BodyReaderPtr body, uint32_t chunk_size)
      : body_(std::move(body)), chunk_size_(chunk_size) {}

  /// False at the end. Otherwise some bytes of the next chunk are here: one piece at most.
  Task<bool> More();

  /// The next chunk; only the last is shorter. Empty at the end. When more than `announced` bytes
  /// come, the rest of the chunk is not waited for: the body is refused anyway, and nobody set
  /// memory aside for it.
  Task<Bytes> Next(uint64_t announced);

 private:
  Task<void> ReadPiece();

  const BodyReaderPtr body_;
  const uint32_t chunk_size_;
  Bytes pending_;
  bool ended_ = false;
};

}  // namespace trebol
