#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "common/base/mutex.h"

namespace trebol {

/// Numbers given out in order and taken back in any order: the sequences, or the operations, of one
/// session. What is below `next` and not open is settled. Thread-safe.
class OpenNumbers {
 public:
  uint64_t Begin();
  void Settle(uint64_t number);

  struct Marks {
    uint64_t below = 0;          // every number given out so far is below
    std::vector<uint64_t> open;  // ascending
    friend bool operator==(const Marks&, const Marks&) = default;
  };
  Marks marks();

 private:
  Mutex mutex_;
  uint64_t next_ ABSL_GUARDED_BY(mutex_) = 1;
  std::set<uint64_t> open_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
