#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "common/async/task.h"
#include "common/base/mutex.h"

namespace trebol {

/// A result that one side sets once and the other waits for once. Shared by both; thread-safe.
template <typename Result>
class OneShot {
 public:
  /// Later calls than the first change nothing.
  void Set(Result result) {
    std::function<void(Result)> resume;
    {
      MutexLock lock(&mutex_);
      if (set_) return;
      set_ = true;
      if (resume_ == nullptr) {
        result_ = std::move(result);
        return;
      }
      resume = std::move(resume_);
    }
    resume(std::move(result));
  }

  static boost::asio::awaitable<Result> Wait(std::shared_ptr<OneShot> self) {
    co_return co_await SuspendUntil<Result>([self](std::function<void(Result)> resume) {
      std::optional<Result> ready;
      {
        MutexLock lock(&self->mutex_);
        if (!self->result_.has_value()) {
          self->resume_ = std::move(resume);
          return;
        }
        ready = std::move(self->result_);
      }
      resume(*std::move(ready));
    });
  }

 private:
  Mutex mutex_;
  bool set_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Result> result_ ABSL_GUARDED_BY(mutex_);
  std::function<void(Result)> resume_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
