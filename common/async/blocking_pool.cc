#include "common/async/blocking_pool.h"

#include <utility>

#include "common/base/planted.h"

namespace trebol {

BlockingPool::BlockingPool(const Options& options, const Clock& clock)
    : options_(options), clock_(clock) {
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { Run(); });
  }
}

BlockingPool::~BlockingPool() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

bool BlockingPool::TrySubmit(std::function<void()> work) {
  {
    MutexLock lock(&mutex_);
    const bool full = queue_.size() >= options_.queue_limit && !Planted("async.queues_without_end");
    if (stopping_ || full) return false;
    queue_.push_back({std::move(work), clock_.Now()});
  }
  wake_.NotifyOne();
  return true;
}

BlockingPool::Load BlockingPool::load() {
  MutexLock lock(&mutex_);
  if (queue_.empty()) return {};
  return {queue_.size(), clock_.Now() - queue_.front().since};
}

void BlockingPool::Run() {
  while (true) {
    Item item;
    {
      MutexLock lock(&mutex_);
      while (queue_.empty() && !stopping_) wake_.Wait(&mutex_);
      if (queue_.empty()) return;
      item = std::move(queue_.front());
      queue_.pop_front();
    }
    item.work();
  }
}

}  // namespace trebol
