#include "common/async/cancellation.h"

#include <utility>

namespace trebol {

bool Cancellation::cancelled() {
  MutexLock lock(&mutex_);
  return cancelled_;
}

void Cancellation::Cancel() {
  std::map<uint64_t, std::function<void()>> functions;
  {
    MutexLock lock(&mutex_);
    if (cancelled_) return;
    cancelled_ = true;
    running_ = true;
    functions.swap(functions_);
  }
  for (auto& [id, function] : functions) function();
  functions.clear();
  MutexLock lock(&mutex_);
  running_ = false;
  idle_.NotifyAll();
}

Cancellation::Registration::Registration(std::shared_ptr<Cancellation> cancellation,
                                         std::function<void()> function)
    : cancellation_(std::move(cancellation)) {
  {
    MutexLock lock(&cancellation_->mutex_);
    if (!cancellation_->cancelled_) {
      id_ = cancellation_->next_id_++;
      cancellation_->functions_.emplace(id_, std::move(function));
      return;
    }
  }
  function();
}

Cancellation::Registration::~Registration() {
  if (id_ == 0) return;
  MutexLock lock(&cancellation_->mutex_);
  cancellation_->functions_.erase(id_);
  while (cancellation_->running_) cancellation_->idle_.Wait(&cancellation_->mutex_);
}

}  // namespace trebol
