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
  Periodic(absl::Duration interval, std::function<void()> tick);
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

  /// The next tick comes now.
  void Wake();

 private:
  void Run(absl::Duration interval, const std::function<void()>& tick);

  Mutex mutex_;
  CondVar wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace trebol
