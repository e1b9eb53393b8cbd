#include "gateway/object/read_ahead.h"

#include <algorithm>
#include <utility>

#include "common/base/limits.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr uint64_t kFirstPiece = 256 * kKiB;
constexpr uint64_t kSlowPiece = 64 * kKiB;  // for clients that take long
// Where memory is short a piece is at most this part of what is left, so that a thousand clients
// that take nothing leave some of it to whoever comes after them.
constexpr uint64_t kShare = 128;
constexpr uint64_t kLeastPiece = 4 * kKiB;
constexpr size_t kWindow = 4;
constexpr absl::Duration kKeepsUp =
    absl::Milliseconds(250);  // a client that took a piece within it
constexpr absl::Duration kSlow = absl::Seconds(1);

}  // namespace

ReadAhead::ReadAhead(Runtime& runtime, std::shared_ptr<ReplicaReader> replicas,
                     std::shared_ptr<Semaphore> memory, const Clock& clock,
                     RequestContextPtr context, ExtentList extents)
    : runtime_(runtime),
      replicas_(std::move(replicas)),
      memory_(std::move(memory)),
      clock_(clock),
      context_(std::move(context)),
      extents_(std::move(extents)),
      piece_size_(kFirstPiece),
      handed_out_(clock.Now()) {}

Task<Piece> ReadAhead::Next() {
  Adapt();
  bool more = true;
  while (in_flight_.size() < window_) {
    auto found = co_await FindExtent();
    // What was read before an error is given first.
    if (!found.ok() && in_flight_.empty()) co_return found.status();
    more = found.ok() && *found;
    if (!more) break;
    auto permit = TakeIfPlenty();
    if (!permit.has_value()) break;
    Start(*std::move(permit));
  }
  if (in_flight_.empty() && more) {
    piece_size_ = std::clamp(memory_->available() / kShare, kLeastPiece, kSlowPiece);
    CO_ASSIGN_OR_RETURN(Semaphore::Permit permit,
                        co_await memory_->Acquire(context_->cancellation, NextLength()));
    Start(std::move(permit));
  }
  if (in_flight_.empty()) co_return Piece();
  const auto oldest = std::move(in_flight_.front());
  in_flight_.pop_front();
  Fetched piece = co_await OneShot<Fetched>::Wait(oldest);
  handed_out_ = clock_.Now();
  first_ = false;
  co_return piece;
}

Task<bool> ReadAhead::FindExtent() {
  if (extent_.begin < extent_.end) co_return true;
  CO_ASSIGN_OR_RETURN(const std::optional<Extent> next, co_await extents_.Next());
  if (next.has_value()) extent_ = *next;
  co_return next.has_value();
}

void ReadAhead::Adapt() {
  if (first_) return;
  const absl::Duration taken_in = clock_.Now() - handed_out_;
  if (taken_in <= kKeepsUp) {
    piece_size_ = std::min<uint64_t>(piece_size_ * 4, extent_.chunk_size);
    window_ = kWindow;
  } else if (taken_in >= kSlow) {
    piece_size_ = kSlowPiece;
    window_ = 1;
  }
}

uint64_t ReadAhead::NextLength() const {
  return std::min({piece_size_, extent_.chunk_size - extent_.begin % extent_.chunk_size,
                   extent_.end - extent_.begin});
}

std::optional<Semaphore::Permit> ReadAhead::TakeIfPlenty() {
  return memory_->TryAcquire(NextLength(), memory_->capacity() / 2);
}

void ReadAhead::Start(Semaphore::Permit permit) {
  const uint64_t length = NextLength();
  const ChunkId id{extent_.version, static_cast<uint32_t>(extent_.begin / extent_.chunk_size)};
  const uint64_t within = extent_.begin % extent_.chunk_size;
  extent_.begin += length;
  auto done = std::make_shared<OneShot<Fetched>>();
  in_flight_.push_back(done);
  runtime_.Spawn(Fetch(replicas_, std::move(permit), context_, id, within, length),
                 [done](Fetched piece) { done->Set(std::move(piece)); });
}

Task<Piece> ReadAhead::Fetch(std::shared_ptr<ReplicaReader> replicas, Semaphore::Permit permit,
                             RequestContextPtr context, ChunkId id, uint64_t offset,
                             uint64_t length) {
  Piece piece;
  piece.permit = std::make_shared<Semaphore::Permit>(std::move(permit));
  CO_ASSIGN_OR_RETURN(piece.data, co_await replicas->Read(context, id, offset, length));
  co_return piece;
}

}  // namespace trebol
