#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/mutex.h"

namespace trebol::bench {

/// Looks at the resident memory of processes several times a second and keeps the most.
/// Thread-safe.
class MemoryWatch {
 public:
  explicit MemoryWatch(std::vector<std::pair<std::string, pid_t>> processes);
  ~MemoryWatch();

  struct Most {
    std::vector<std::pair<std::string, uint64_t>> of_each;  // bytes, each at its own worst moment
    uint64_t of_all = 0;                                    // together, at their worst moment
    uint64_t of_all_shared_once = 0;  // the same, a page that processes share counted once
  };
  Most most() const;
  /// Looks now, and forgets what was before.
  Most Now();

 private:
  void Look();

  const std::vector<std::pair<std::string, pid_t>> processes_;
  mutable Mutex mutex_;
  CondVar wake_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  Most most_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace trebol::bench
