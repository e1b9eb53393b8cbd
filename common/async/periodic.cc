#include "common/async/periodic.h"

#include <utility>

namespace trebol {

Periodic::Periodic(absl::Duration interval, std::function<void()> tick)
    : thread_([this, interval, tick = std::move(tick)] { Run(interval, tick); }) {}

Periodic::~Periodic() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  thread_.join();
}

void Periodic::Wake() {
  {
    MutexLock lock(&mutex_);
    woken_ = true;
  }
  wake_.NotifyAll();
}

void Periodic::Run(absl::Duration interval, const std::function<void()>& tick) {
  while (true) {
    tick();
    MutexLock lock(&mutex_);
    if (!woken_ && !stopping_) wake_.WaitFor(&mutex_, interval);
    woken_ = false;
    if (stopping_) return;
  }
}

}  // namespace trebol
