#include "cli/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace trebol::cli {

void ParallelFor(size_t count, int jobs, const std::stop_token& stop,
                 const std::function<void(size_t)>& work) {
  std::atomic<size_t> next = 0;
  const auto run = [&] {
    for (size_t i = next++; i < count && !stop.stop_requested(); i = next++) work(i);
  };
  const size_t threads = std::min<size_t>(count, std::max(1, jobs));
  std::vector<std::jthread> others;
  for (size_t i = 1; i < threads; ++i) others.emplace_back(run);
  run();
}

}  // namespace trebol::cli
