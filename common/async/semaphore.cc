#include "common/async/semaphore.h"

#include <algorithm>
#include <vector>

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

absl::Status Cancelled() {
  return absl::CancelledError("the request was cancelled while it waited for memory");
}

}  // namespace

std::shared_ptr<Semaphore> Semaphore::Create(uint64_t units) {
  return std::shared_ptr<Semaphore>(new Semaphore(units));
}

void Semaphore::Permit::ShrinkTo(uint64_t units) {
  TREBOL_CHECK(units <= units_);
  if (from_ != nullptr && units < units_) from_->Release(units_ - units);
  units_ = units;
}

Task<Semaphore::Permit> Semaphore::Acquire(std::shared_ptr<Cancellation> cancellation,
                                           uint64_t units) {
  units = std::min(units, capacity_);
  const std::shared_ptr<Semaphore> self = shared_from_this();
  auto waiter = std::make_shared<Waiter>();
  waiter->units = units;
  // Registered before the wait begins: from here on a cancellation marks the waiter.
  Cancellation::Registration registration(cancellation, [self, waiter] { self->GiveUp(waiter); });
  const absl::Status status =
      co_await SuspendUntil<absl::Status>([self, waiter](std::function<void(absl::Status)> resume) {
        self->Enqueue(waiter, std::move(resume));
      });
  CO_RETURN_IF_ERROR(status);
  co_return Permit(self, units);
}

std::optional<Semaphore::Permit> Semaphore::TryAcquire(uint64_t units, uint64_t spare) {
  units = std::min(units, capacity_);
  MutexLock lock(&mutex_);
  if (!waiters_.empty() || available_ < units || available_ - units < spare) return std::nullopt;
  available_ -= units;
  return Permit(shared_from_this(), units);
}

void Semaphore::Enqueue(const std::shared_ptr<Waiter>& waiter,
                        std::function<void(absl::Status)> resume) {
  absl::Status at_once;
  {
    MutexLock lock(&mutex_);
    if (waiter->cancelled) {
      at_once = Cancelled();
    } else if (waiters_.empty() && available_ >= waiter->units) {
      available_ -= waiter->units;
    } else {
      waiter->resume = std::move(resume);
      waiters_.push_back(waiter);
      return;
    }
  }
  resume(at_once);
}

void Semaphore::GiveUp(const std::shared_ptr<Waiter>& waiter) {
  std::function<void(absl::Status)> resume;
  {
    MutexLock lock(&mutex_);
    waiter->cancelled = true;
    const auto at = std::find(waiters_.begin(), waiters_.end(), waiter);
    if (at == waiters_.end()) return;
    resume = std::move(waiter->resume);
    waiters_.erase(at);
  }
  resume(Cancelled());
  Release(0);  // the next in line may fit now
}

void Semaphore::Release(uint64_t units) {
  std::vector<std::shared_ptr<Waiter>> ready;
  {
    MutexLock lock(&mutex_);
    available_ += units;
    while (!waiters_.empty() && waiters_.front()->units <= available_) {
      available_ -= waiters_.front()->units;
      ready.push_back(std::move(waiters_.front()));
      waiters_.pop_front();
    }
  }
  for (const auto& waiter : ready) waiter->resume(absl::OkStatus());
}

uint64_t Semaphore::available() {
  MutexLock lock(&mutex_);
  return available_;
}

size_t Semaphore::waiting() {
  MutexLock lock(&mutex_);
  return waiters_.size();
}

}  // namespace trebol
