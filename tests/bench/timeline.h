#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/bench/sample.h"

namespace trebol::bench {

/// A stretch of the monotonic clock, in microseconds.
struct Span {
  int64_t from_us = 0;
  int64_t to_us = 0;
  double seconds() const { return static_cast<double>(to_us - from_us) / 1e6; }
};

enum class Which { kAll, kReads, kWrites };

/// What a load met, operation by operation, by the time at which each should have begun. An
/// operation that was not begun counts with the time after which it was given up.
class Timeline {
 public:
  explicit Timeline(std::vector<Sample> samples);

  uint64_t Count(Span span) const;
  uint64_t Count(Span span, Outcome outcome) const;
  /// Those that were begun and ended in `span`, well or not, whenever they were due.
  uint64_t CountEnded(Span span) const;
  /// Milliseconds; 0 without operations.
  double Quantile(Span span, Which which, double q) const;

  /// Seconds from the beginning of `fault` until the p99 of reads and that of writes are within
  /// `times` those of `healthy` again: of a window of 250 ms, and of the 2 s (or what is left of
  /// the fault, at least 1 s) that begin with it, so that a lucky window is not taken for it; and
  /// nothing in them fails. Nothing if that does not come.
  std::optional<double> SecondsUntilBack(Span healthy, Span fault, double times) const;
  /// The share of windows in `span` whose reads or writes are above `times` those of `healthy`: as
  /// much is noise as there is of it in the healthy span itself.
  double ShareOfWindowsAbove(Span healthy, Span span, double times) const;

  /// Operations of `span` that ended well within `patience_ms` of when they were due, a second.
  double GoodPerSecond(Span span, double patience_ms) const;
  /// Seconds from the beginning of `span` until in each of three seconds in a row at least `share`
  /// of what was due ended well within `patience_ms`. Nothing if that does not come.
  std::optional<double> SecondsUntilGood(Span span, double share, double patience_ms) const;

 private:
  struct Limits {
    double reads_ms;
    double writes_ms;
  };
  /// The operations that were due in `span`.
  std::pair<std::vector<Sample>::const_iterator, std::vector<Sample>::const_iterator> Due(
      Span span) const;
  Limits LimitsOf(Span healthy, double times) const;
  bool Within(Span span, const Limits& limits) const;

  std::vector<Sample> samples_;  // by due_us
};

}  // namespace trebol::bench
