#include "client/internal/progress_meter.h"

namespace trebol::client {

void ProgressMeter::Add(uint64_t bytes) {
  if (!callback_ || bytes == 0) return;
  MutexLock lock(&mutex_);
  done_ += bytes;
  told_ = done_;
  callback_(done_, total_);
}

void ProgressMeter::Finish() {
  if (!callback_) return;
  MutexLock lock(&mutex_);
  if (told_ != total_) callback_(total_, total_);
}

}  // namespace trebol::client
