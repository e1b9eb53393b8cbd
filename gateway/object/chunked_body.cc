#include "gateway/object/chunked_body.h"

#include <algorithm>

#include "common/base/status_macros.h"

namespace trebol {

Task<bool> ChunkedBody::More() {
  if (pending_.empty()) CO_RETURN_IF_ERROR(co_await ReadPiece());
  co_return !pending_.empty();
}

Task<void> ChunkedBody::ReadPiece() {
  if (ended_) co_return absl::OkStatus();
  CO_ASSIGN_OR_RETURN(Bytes piece, co_await body_->Next());
  ended_ = piece.empty();
  pending_.Append(std::move(piece));
  co_return absl::OkStatus();
}

Task<Bytes> ChunkedBody::Next(uint64_t announced) {
  const uint64_t enough = std::min<uint64_t>(chunk_size_, announced + 1);
  while (!ended_ && pending_.size() < enough) CO_RETURN_IF_ERROR(co_await ReadPiece());
  const size_t size = std::min<size_t>(pending_.size(), chunk_size_);
  if (size == pending_.size()) co_return std::exchange(pending_, Bytes());
  Bytes chunk = pending_.Subcord(0, size);
  pending_.RemovePrefix(size);
  co_return chunk;
}

}  // namespace trebol
