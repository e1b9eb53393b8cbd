#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/time.h"

namespace trebol {

// What is measured. Made and owned by a Registry, which renders them; the references that it gives
// stay valid as long as it lives. All are thread-safe and lock-free: a few nanoseconds each.

/// Only grows.
class alignas(64) Counter {
 public:
  void Add(uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

class alignas(64) Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

/// Counts observations by size. Its count is the sum of the buckets, so that a rendered histogram
/// never contradicts itself.
class Histogram {
 public:
  /// Upper bounds, rising; one bucket more takes what is above the last.
  explicit Histogram(std::vector<double> bounds);

  void Observe(double value);
  void Observe(absl::Duration duration) { Observe(absl::ToDoubleSeconds(duration)); }

  const std::vector<double>& bounds() const { return bounds_; }
  /// How many fell into each bucket, not cumulative; bounds().size() + 1 numbers.
  std::vector<uint64_t> Counts() const;
  double sum() const { return sum_.value(); }

 private:
  const std::vector<double> bounds_;
  const std::unique_ptr<std::atomic<uint64_t>[]> counts_;
  Gauge sum_;
};

/// Bounds in seconds for calls and disks: 100 µs to 30 s, three a decade.
std::vector<double> DurationBuckets();

}  // namespace trebol
