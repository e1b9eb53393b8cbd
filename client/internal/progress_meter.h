#pragma once

#include <cstdint>
#include <optional>

#include "client/file_transfer.h"
#include "common/base/mutex.h"

namespace trebol::client {

/// Adds up what the threads of a transfer moved and tells the user, one call at a time.
/// Thread-safe.
class ProgressMeter {
 public:
  ProgressMeter(const ProgressCallback& callback, uint64_t total)
      : callback_(callback), total_(total) {}

  void Add(uint64_t bytes);
  /// The transfer is done: says so, unless the last call did.
  void Finish();

 private:
  const ProgressCallback& callback_;
  const uint64_t total_;
  Mutex mutex_;
  uint64_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<uint64_t> told_ ABSL_GUARDED_BY(mutex_);
};

/// One part of a transfer. Begun again after a failure it counts only what is new, so that the
/// figures never fall. Not thread-safe.
class PartProgress {
 public:
  explicit PartProgress(ProgressMeter* meter) : meter_(meter) {}

  void Add(uint64_t bytes) {
    moved_ += bytes;
    if (moved_ <= counted_) return;
    meter_->Add(moved_ - counted_);
    counted_ = moved_;
  }
  void BeginAgain() { moved_ = 0; }

 private:
  ProgressMeter* const meter_;
  uint64_t moved_ = 0;
  uint64_t counted_ = 0;
};

}  // namespace trebol::client
