#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "storage-node/background/paused_work.h"
#include "storage-node/engine/scrubber.h"

namespace trebol {

/// Lets the scrubber pass over all copies, again and again, at a pace. Tick is for one thread.
class Scrub {
 public:
  struct Options {
    /// From the end of a pass to the beginning of the next.
    absl::Duration interval = absl::Hours(24);
    /// In which a pass ends; with the interval well within the 14 days that are promised.
    absl::Duration duration = absl::Hours(24 * 7);
    /// Bytes a second, between which that is kept.
    double floor = 4.0 * (1 << 20);
    double cap = 64.0 * (1 << 20);
  };

  /// Among the background tasks.
  static constexpr char kTask[] = "scrub";

  Scrub(Scrubber& scrubber, const PausedWork& paused, const Clock& clock, const Options& options)
      : scrubber_(scrubber), paused_(paused), clock_(clock), options_(options) {}

  /// The next tick begins a pass, however old the last is; within one nothing happens.
  void BeginPass();

  /// Works for a few seconds. Returns when to come again.
  absl::Duration Tick();

  Scrubber::Progress progress() const { return scrubber_.progress(); }
  /// In the middle of a pass.
  bool running() const;
  /// A pass was asked for and has not begun.
  bool asked_for() const;
  absl::Status problem() const;

 private:
  Scrubber& scrubber_;
  const PausedWork& paused_;
  const Clock& clock_;
  const Options options_;
  mutable Mutex mutex_;
  bool asked_for_ ABSL_GUARDED_BY(mutex_) = false;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status problem_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
