#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "cli/console.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"

namespace trebol::cli {

/// How far a copy is.
struct ProgressState {
  uint64_t files_done = 0;
  uint64_t files_total = 0;
  uint64_t bytes_done = 0;
  std::optional<uint64_t> bytes_total;  // unknown for standard input
  double bytes_per_second = 0;          // lately
};

/// One line of at most `width` columns: share, bar, bytes, rate, ETA, files. What does not fit is
/// left out, the least important first.
std::string FormatProgress(const ProgressState& state, int width);

/// Bytes a second over the last few seconds. Not thread-safe.
class RateMeter {
 public:
  void Record(Instant now, uint64_t total_bytes);
  double BytesPerSecond() const;

 private:
  struct Sample {
    Instant at;
    uint64_t total;
  };
  std::deque<Sample> samples_;  // the oldest is at least kWindow old, if there is one so old
};

/// Shows a copy while it goes: a progress line on a terminal, else a line a file. Thread-safe.
class Progress {
 public:
  enum class Style { kQuiet, kLines, kBar };

  Progress(Console& console, Style style, uint64_t files_total,
           std::optional<uint64_t> bytes_total);

  void AddBytes(uint64_t bytes);
  void FileDone(const std::string& line);
  /// Takes the bar away and, where there was one, says what was done.
  void Finish();

 private:
  void Redraw(bool always) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Console& console_;
  const Style style_;
  const Clock& clock_;
  const Instant begin_;
  Mutex mutex_;
  ProgressState state_ ABSL_GUARDED_BY(mutex_);
  RateMeter rate_ ABSL_GUARDED_BY(mutex_);
  Instant last_drawn_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol::cli
