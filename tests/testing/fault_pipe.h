#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>

#include "absl/time/time.h"
#include "tests/testing/link_faults.h"

namespace trebol {

/// One direction of a connection through the FaultProxy: what was read from a socket and not yet
/// written to the other. Owns no socket; each call names it. Sockets do not block. Not thread-safe.
class FaultPipe {
 public:
  /// Whether there is room and the faults allow reading: else the sender's window fills up.
  bool WantsRead(const DirectionFaults& faults) const;
  /// Whether bytes, or the end, are due.
  bool WantsWrite(const DirectionFaults& faults, absl::Time now) const;
  /// When the next write is due; InfiniteFuture when nothing waits, or the faults hold it.
  absl::Time NextDue(const DirectionFaults& faults) const;

  /// False when the connection is broken and has to be reset. Adds to the counters.
  bool Read(int from, const DirectionFaults& faults, absl::Time now, std::mt19937_64& random,
            uint64_t* corrupted);
  bool Write(int to, const DirectionFaults& faults, absl::Time now, uint64_t* passed);

  /// The end of the stream was passed on.
  bool done() const { return end_passed_; }

 private:
  struct Piece {
    absl::Time due;
    std::string bytes;
    size_t written = 0;
  };

  std::deque<Piece> waiting_;
  uint64_t waiting_bytes_ = 0;
  absl::Time last_due_ = absl::InfinitePast();
  bool ended_ = false;       // the sender will send no more
  bool end_passed_ = false;  // and the receiver knows
};

}  // namespace trebol
