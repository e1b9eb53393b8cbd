#include "client/internal/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/mutex.h"

namespace trebol::client {

absl::Status InParallel(size_t count, int parallel, LinkedStop& stop,
                        const std::function<absl::Status(size_t)>& work) {
  std::atomic<size_t> next = 0;
  Mutex mutex;
  absl::Status first_error;
  const auto run = [&] {
    while (!stop.token().stop_requested()) {
      const size_t i = next.fetch_add(1);
      if (i >= count) return;
      absl::Status status = work(i);
      if (status.ok()) continue;
      MutexLock lock(&mutex);
      if (first_error.ok()) first_error = std::move(status);
      stop.Stop();
    }
  };
  std::vector<std::jthread> threads;
  const size_t wanted = std::min(count, static_cast<size_t>(std::max(1, parallel)));
  for (size_t i = 0; i < wanted; ++i) threads.emplace_back(run);
  threads.clear();  // joins
  if (first_error.ok() && stop.token().stop_requested()) return absl::CancelledError("stopped");
  return first_error;
}

}  // namespace trebol::client
