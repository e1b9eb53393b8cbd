#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "common/base/mutex.h"

namespace trebol {

/// Says that nobody waits for a result any more. Thread-safe; cancelled at most once, for ever.
class Cancellation {
 public:
  bool cancelled();

  /// Calls every registered function, once, on the calling thread.
  void Cancel();

  /// Keeps `function` registered while the guard lives. Called at once if already cancelled. After
  /// the guard's destructor the function is not running and will not run; so it must not destroy
  /// its own guard.
  class Registration {
   public:
    Registration(std::shared_ptr<Cancellation> cancellation, std::function<void()> function);
    ~Registration();
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

   private:
    std::shared_ptr<Cancellation> cancellation_;
    uint64_t id_ = 0;
  };

 private:
  Mutex mutex_;
  CondVar idle_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<uint64_t, std::function<void()>> functions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
