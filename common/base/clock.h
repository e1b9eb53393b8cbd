#pragma once

#include <compare>

#include "absl/time/time.h"

namespace trebol {

/// A moment on a clock that only goes forward. Never persisted, never sent: its origin is
/// arbitrary.
struct Instant {
  absl::Duration since_origin;

  friend bool operator==(const Instant&, const Instant&) = default;
  friend std::weak_ordering operator<=>(const Instant& a, const Instant& b) {
    if (a.since_origin < b.since_origin) return std::weak_ordering::less;
    if (b.since_origin < a.since_origin) return std::weak_ordering::greater;
    return std::weak_ordering::equivalent;
  }
  friend Instant operator+(Instant instant, absl::Duration d) { return {instant.since_origin + d}; }
  friend Instant operator-(Instant instant, absl::Duration d) { return {instant.since_origin - d}; }
  friend absl::Duration operator-(Instant a, Instant b) { return a.since_origin - b.since_origin; }
  static Instant InfiniteFuture() { return {absl::InfiniteDuration()}; }
};

/// Where time comes from. Passed in everywhere, so that tests decide what time it is. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// For timeouts, ages and rates.
  virtual Instant Now() const = 0;
  /// For dates that people see. Decides nothing.
  virtual absl::Time WallTime() const = 0;
};

/// The machine's clocks. Lives for ever.
const Clock& SystemClock();

}  // namespace trebol
