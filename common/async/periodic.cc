#include "common/async/periodic.h"

#include <utility>

namespace trebol {

Periodic::Periodic(std::function<absl::Duration()> tick)
    : thread_([this, tick = std::move(tick)] { Run(tick); }) {}

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

void Periodic::Run(const std::function<absl::Duration()>& tick) {
  while (true) {
    const absl::Duration interval = tick();
    MutexLock lock(&mutex_);
    if (!woken_ && !stopping_) wake_.WaitFor(&mutex_, interval);
    woken_ = false;
    if (stopping_) return;
  }
}

}  // namespace trebol
