#pragma once

#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "common/base/mutex.h"

namespace trebol {

/// Calls a Tick function on a thread of its own until it is destroyed: the ten lines that drive
/// every periodic state machine. The first call comes at once; the destructor waits for a running
/// one.
class Periodic {
 public:
  explicit Periodic(std::function<absl::Duration()> tick);
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

  /// The next tick comes now.
  void Wake();

 private:
  void Run(const std::function<absl::Duration()>& tick);

  Mutex mutex_;
  CondVar wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace trebol
