#include "gateway/object/read_ahead.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr uint64_t kSmallestPiece = 256 * kKiB;
constexpr size_t kWindow = 4;
constexpr absl::Duration kKeepsUp =
    absl::Milliseconds(250);  // a client that took a piece within it
constexpr absl::Duration kSlow = absl::Seconds(1);

}  // namespace

ReadAhead::ReadAhead(Runtime& runtime, std::shared_ptr<ReplicaReader> replicas,
                     std::shared_ptr<Semaphore> memory, const Clock& clock,
                     RequestContextPtr context, VersionId version, uint32_t chunk_size,
                     uint64_t offset, uint64_t end)
    : runtime_(runtime),
      replicas_(std::move(replicas)),
      memory_(std::move(memory)),
      clock_(clock),
      context_(std::move(context)),
      version_(version),
      chunk_size_(chunk_size),
      end_(end),
      next_(offset),
      piece_size_(kSmallestPiece),
      handed_out_(clock.Now()) {}

Task<Piece> ReadAhead::Next() {
  Adapt();
  while (in_flight_.size() < window_ && next_ < end_) {
    auto permit = TakeIfPlenty();
    if (!permit.has_value()) break;
    Start(*std::move(permit));
  }
  if (in_flight_.empty() && next_ < end_) {
    piece_size_ = kSmallestPiece;
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

void ReadAhead::Adapt() {
  if (first_) return;
  const absl::Duration taken_in = clock_.Now() - handed_out_;
  if (taken_in <= kKeepsUp) {
    piece_size_ = std::min<uint64_t>(piece_size_ * 4, chunk_size_);
    window_ = kWindow;
  } else if (taken_in >= kSlow) {
    piece_size_ = kSmallestPiece;
    window_ = 1;
  }
}

uint64_t ReadAhead::NextLength() const {
  return std::min({piece_size_, chunk_size_ - next_ % chunk_size_, end_ - next_});
}

std::optional<Semaphore::Permit> ReadAhead::TakeIfPlenty() {
  return memory_->TryAcquire(NextLength(), memory_->capacity() / 2);
}

void ReadAhead::Start(Semaphore::Permit permit) {
  const uint64_t length = NextLength();
  const ChunkId id{version_, static_cast<uint32_t>(next_ / chunk_size_)};
  const uint64_t within = next_ % chunk_size_;
  next_ += length;
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
