#include "gateway/s3/http/request_body.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr size_t kLeastRead = 4 * kKiB;
constexpr size_t kBlock = 256 * kKiB;
constexpr size_t kChunkedBlock = 64 * kKiB;  // of what nobody knows the size

}  // namespace

RequestBody::RequestBody(Link& link, const ParsedHead& head)
    : link_(link), left_(head.content_length.value_or(0)) {
  if (head.chunked) decoder_.emplace();
  if (whole()) link_.entry.BodyRead();
}

Task<Bytes> RequestBody::Next() {
  while (failure_.ok()) {
    absl::StatusOr<Bytes> piece = TakeArrived();
    if (!piece.ok()) {
      failure_ = piece.status();
      break;
    }
    if (whole()) link_.entry.BodyRead();
    if (!piece->empty() || whole()) co_return *std::move(piece);
    failure_ = co_await ReadMore();
  }
  co_return failure_;
}

absl::StatusOr<Bytes> RequestBody::TakeArrived() {
  InputBuffer& input = link_.input;
  if (!decoder_.has_value()) {
    const size_t size = static_cast<size_t>(std::min<uint64_t>(left_, input.unread().size()));
    left_ -= size;
    return input.Take(size);
  }
  Bytes piece;
  while (true) {
    ASSIGN_OR_RETURN(const ChunkedDecoder::Step step, decoder_->Next(input.unread()));
    if (step.coding == 0 && step.data == 0) return piece;
    input.Skip(step.coding);
    piece.Append(input.Take(step.data));
  }
}

Task<void> RequestBody::ReadMore() {
  const size_t block = decoder_.has_value()
                           ? kChunkedBlock
                           : static_cast<size_t>(std::clamp<uint64_t>(left_, kLeastRead, kBlock));
  link_.entry.Expect(link_.options->body_timeout);
  CO_ASSIGN_OR_RETURN(const size_t got,
                      co_await link_.wire.Read(link_.input.Room(kLeastRead, block)));
  link_.entry.Met();
  if (got == 0) co_return absl::CancelledError("the client went away in the middle of a body");
  link_.input.Filled(got);
  co_return absl::OkStatus();
}

}  // namespace trebol
