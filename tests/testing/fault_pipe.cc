#include "tests/testing/fault_pipe.h"

#include <errno.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace trebol {
namespace {

constexpr size_t kPiece = 64 << 10;
constexpr uint64_t kWindow = 4 << 20;  // what may be under way; more waits at the sender

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

bool FaultPipe::WantsRead(const DirectionFaults& faults) const {
  return !ended_ && !faults.hold && waiting_bytes_ < kWindow;
}

absl::Time FaultPipe::NextDue(const DirectionFaults& faults) const {
  if (faults.hold || end_passed_) return absl::InfiniteFuture();
  if (!waiting_.empty()) return waiting_.front().due;
  return ended_ ? absl::InfinitePast() : absl::InfiniteFuture();
}

bool FaultPipe::WantsWrite(const DirectionFaults& faults, absl::Time now) const {
  return NextDue(faults) <= now;
}

bool FaultPipe::Read(int from, const DirectionFaults& faults, absl::Time now,
                     std::mt19937_64& random, uint64_t* corrupted) {
  std::string bytes(kPiece, '\0');
  const ssize_t count = recv(from, bytes.data(), bytes.size(), 0);
  if (count < 0) return WouldBlock();
  if (count == 0) {
    ended_ = true;
    return true;
  }
  bytes.resize(static_cast<size_t>(count));
  if (faults.corrupt_one_in > 0) {
    // Distances between wrong bytes are geometric, so a piece costs its wrong bytes only.
    std::geometric_distribution<uint64_t> distance(1.0 /
                                                   static_cast<double>(faults.corrupt_one_in));
    for (uint64_t at = distance(random); at < bytes.size(); at += 1 + distance(random)) {
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
      ++*corrupted;
    }
  }
  absl::Duration late = faults.delay;
  if (faults.jitter > absl::ZeroDuration()) {
    late += faults.jitter * std::uniform_real_distribution<double>(0, 1)(random);
  }
  last_due_ = std::max(last_due_, now + late);  // in order, whatever the jitter
  waiting_bytes_ += bytes.size();
  waiting_.push_back({last_due_, std::move(bytes)});
  return true;
}

bool FaultPipe::Write(int to, const DirectionFaults& faults, absl::Time now, uint64_t* passed) {
  while (!waiting_.empty() && WantsWrite(faults, now)) {
    Piece& piece = waiting_.front();
    const ssize_t count = send(to, piece.bytes.data() + piece.written,
                               piece.bytes.size() - piece.written, MSG_NOSIGNAL);
    if (count < 0) return WouldBlock();
    piece.written += static_cast<size_t>(count);
    waiting_bytes_ -= static_cast<uint64_t>(count);
    *passed += static_cast<uint64_t>(count);
    if (piece.written < piece.bytes.size()) return true;
    waiting_.pop_front();
  }
  if (waiting_.empty() && ended_ && !end_passed_ && !faults.hold) {
    end_passed_ = true;
    return shutdown(to, SHUT_WR) == 0;
  }
  return true;
}

}  // namespace trebol
