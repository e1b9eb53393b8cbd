#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/async/one_shot.h"
#include "common/base/mutex.h"

namespace trebol {

/// Counts copies of a chunk until W of them lie in as many zones as they can, or too many failed.
/// Thread-safe.
class CopyCount {
 public:
  /// `zones`: how many different ones the nodes lie in that are likely to answer.
  CopyCount(size_t copies, size_t needed, size_t zones);

  /// `replaced`: TakeSpare said true for this one.
  void Succeeded(const std::string& zone, bool replaced = false);
  void Failed(absl::string_view node, const absl::Status& status, bool replaced = false);
  /// An attempt at a copy failed. True when W are not there yet, and fewer than `wanted` are there
  /// or on their way beside those that fail: one more is counted on from now on.
  bool TakeSpare(size_t wanted);
  /// Nobody was found for it.
  void ReturnSpare();
  /// The map changed: ends with this, unless W copies are there.
  void Stale(const absl::Status& status);

  /// W copies are there.
  bool succeeded();
  /// Nothing more depends on the copies that are still on their way.
  bool decided();
  const std::shared_ptr<OneShot<absl::Status>>& outcome() const { return outcome_; }

 private:
  void Decide() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Explain() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t needed_;
  const size_t zones_needed_;
  const std::shared_ptr<OneShot<absl::Status>> outcome_ = std::make_shared<OneShot<absl::Status>>();
  Mutex mutex_;
  size_t copies_ ABSL_GUARDED_BY(mutex_);
  bool decided_ ABSL_GUARDED_BY(mutex_) = false;
  size_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t failing_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<std::string> zones_ ABSL_GUARDED_BY(mutex_);
  std::vector<absl::Status> failures_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
