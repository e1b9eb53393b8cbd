#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "common/async/cancellation.h"
#include "common/async/task.h"
#include "common/base/mutex.h"

namespace trebol {

/// A budget of units (bytes, slots) that tasks wait for, first come first served. Thread-safe.
class Semaphore : public std::enable_shared_from_this<Semaphore> {
 public:
  /// Units taken from a semaphore; given back by the destructor, or earlier in parts.
  class Permit {
   public:
    Permit() = default;
    Permit(std::shared_ptr<Semaphore> from, uint64_t units)
        : from_(std::move(from)), units_(units) {}
    Permit(Permit&& other) noexcept { *this = std::move(other); }
    Permit& operator=(Permit&& other) noexcept {
      std::swap(from_, other.from_);
      std::swap(units_, other.units_);
      return *this;
    }
    ~Permit() { ShrinkTo(0); }
    uint64_t units() const { return units_; }
    void ShrinkTo(uint64_t units);

   private:
    std::shared_ptr<Semaphore> from_;
    uint64_t units_ = 0;
  };

  static std::shared_ptr<Semaphore> Create(uint64_t units);

  /// Waits until `units` are free; more than the semaphore has are cut to all it has. CANCELLED
  /// when `cancellation` fires first.
  Task<Permit> Acquire(std::shared_ptr<Cancellation> cancellation, uint64_t units);

  /// Empty when `units` are not free at once with `spare` more beside them, or others wait for
  /// theirs.
  std::optional<Permit> TryAcquire(uint64_t units, uint64_t spare = 0);

  uint64_t capacity() const { return capacity_; }
  uint64_t available();
  size_t waiting();

 private:
  struct Waiter {
    uint64_t units = 0;
    bool cancelled = false;
    std::function<void(absl::Status)> resume;
  };

  explicit Semaphore(uint64_t units) : capacity_(units), available_(units) {}
  void Enqueue(const std::shared_ptr<Waiter>& waiter, std::function<void(absl::Status)> resume);
  void GiveUp(const std::shared_ptr<Waiter>& waiter);
  void Release(uint64_t units);

  const uint64_t capacity_;
  Mutex mutex_;
  uint64_t available_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<Waiter>> waiters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
