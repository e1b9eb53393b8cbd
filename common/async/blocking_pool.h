#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "common/base/clock.h"
#include "common/base/mutex.h"

namespace trebol {

/// Threads for plain functions that block, behind a bounded queue. Thread-safe.
class BlockingPool {
 public:
  struct Options {
    int threads = 32;          // as many as may wait for one group commit
    size_t queue_limit = 512;  // beyond it work is refused: admission control
  };

  explicit BlockingPool(const Options& options, const Clock& clock = SystemClock());
  /// Runs what is queued to its end.
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// False, and `work` is not run, when the queue is full.
  [[nodiscard]] bool TrySubmit(std::function<void()> work);

  struct Load {
    size_t queued = 0;
    absl::Duration oldest;  // how long the oldest has waited; zero when none waits
  };
  Load load();

 private:
  struct Item {
    std::function<void()> work;
    Instant since;
  };
  void Run();

  const Options options_;
  const Clock& clock_;
  Mutex mutex_;
  CondVar wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Item> queue_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace trebol
