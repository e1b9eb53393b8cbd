#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "common/base/clock.h"

namespace trebol {

/// The calls to one node that have not ended, oldest first. Every operation is O(1), without an
/// allocation once there is room for as many calls. Not thread-safe.
class CallsInFlight {
 public:
  /// Names a call from Begin to End; then another call may get the same.
  using Slot = uint32_t;
  struct Ended {
    bool overdue = false;  // NextOverdue had named it
    uint32_t era = 0;
  };

  /// `era` is the caller's: it comes back with the call. `now` never falls.
  Slot Begin(Instant now, uint32_t era);
  Ended End(Slot slot);

  /// The era of the oldest call that has run for `limit` and was not named before; each is named
  /// once.
  std::optional<uint32_t> NextOverdue(absl::Duration limit, Instant now);
  /// When the oldest began.
  std::optional<Instant> oldest() const;
  size_t size() const { return size_; }

 private:
  static constexpr Slot kNone = ~Slot{0};
  struct Entry {
    Instant begun;
    uint32_t era = 0;
    bool overdue = false;
    Slot previous = kNone;
    Slot next = kNone;
  };

  std::vector<Entry> entries_;
  std::vector<Slot> free_;
  Slot first_ = kNone;
  Slot last_ = kNone;
  Slot first_in_time_ = kNone;  // all before it are overdue
  size_t size_ = 0;
};

}  // namespace trebol
