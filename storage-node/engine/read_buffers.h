#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "common/base/mutex.h"

namespace trebol {

/// Memory that chunks are read into. Some of it is kept between reads: the allocator gives large
/// blocks back to the system, and to get their pages anew costs more than to read them from the
/// page cache. Thread-safe; what was taken may outlive everything but its own pointer.
class ReadBuffers : public std::enable_shared_from_this<ReadBuffers> {
 public:
  /// At least `size` bytes, not cleared.
  std::shared_ptr<char> Take(size_t size);
  /// Gives what is kept back to the system, if nothing was taken since the last call.
  void ReleaseIfIdle();

 private:
  void GiveBack(std::unique_ptr<char[]> buffer);

  Mutex mutex_;
  bool taken_ ABSL_GUARDED_BY(mutex_) = false;  // since the last ReleaseIfIdle
  std::vector<std::unique_ptr<char[]>> idle_ ABSL_GUARDED_BY(mutex_);  // a chunk each
};

}  // namespace trebol
