#pragma once

#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"

namespace trebol {

/// The reads of this gateway that are open, and what they protect (PROTOCOL 1.6): the horizon is
/// the log index of the oldest; one that lasts longer than kPinAfter pins its version instead, so
/// that one slow download holds back nothing else. Thread-safe.
class OpenReads {
 private:
  struct Read {
    LogIndex since;
    Instant began;
    std::optional<VersionId> version;
  };

 public:
  explicit OpenReads(const Clock& clock) : clock_(clock) {}

  /// Keeps a read open while it lives.
  class Guard {
   public:
    Guard(OpenReads* reads, std::list<Read>::iterator read) : reads_(reads), read_(read) {}
    Guard(Guard&& other) noexcept : reads_(other.reads_), read_(other.read_) {
      other.reads_ = nullptr;
    }
    Guard& operator=(Guard&&) = delete;
    ~Guard();
    /// What the lookup found; only then can the read become a pin.
    void Names(const VersionId& version);

   private:
    OpenReads* reads_;
    std::list<Read>::iterator read_;
  };

  /// Before the lookup is sent. `seen` is the last log index seen so far.
  Guard Begin(LogIndex seen);

  struct Protection {
    LogIndex horizon;  // `seen` when no read holds it back
    std::vector<VersionId> pins;
  };
  Protection Protect(LogIndex seen);

 private:
  const Clock& clock_;
  Mutex mutex_;
  std::list<Read> reads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
