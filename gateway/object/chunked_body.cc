#include "gateway/object/chunked_body.h"

#include <algorithm>

#include "common/base/status_macros.h"

namespace trebol {

Task<Bytes> ChunkedBody::Next(uint64_t announced) {
  const uint64_t enough = std::min<uint64_t>(chunk_size_, announced + 1);
  while (!ended_ && pending_.size() < enough) {
    CO_ASSIGN_OR_RETURN(Bytes piece, co_await body_->Next());
    if (piece.empty()) {
      ended_ = true;
    } else {
      pending_.Append(std::move(piece));
    }
  }
  const size_t size = std::min<size_t>(pending_.size(), chunk_size_);
  if (size == pending_.size()) co_return std::exchange(pending_, Bytes());
  Bytes chunk = pending_.Subcord(0, size);
  pending_.RemovePrefix(size);
  co_return chunk;
}

}  // namespace trebol
