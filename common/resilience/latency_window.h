#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "common/base/clock.h"

namespace trebol {

/// How long calls took of late, by how many bytes they carry. Log-scale buckets, four to a
/// doubling, so a quantile is at most 19 % too high. Remembers 10 to 20 seconds. Not thread-safe.
/// Observe is O(1) and cheap; 2 KiB.
class LatencyWindow {
 public:
  static constexpr int kSizeClasses = 4;
  /// Fewer calls than these say little.
  static constexpr uint64_t kFewest = 20;
  static int SizeClass(uint64_t bytes);

  /// Calls of one class, or of several.
  class Sample {
   public:
    /// nullopt when there are fewer than kFewest calls.
    std::optional<absl::Duration> Quantile(double share) const;
    void Add(const Sample& other);
    uint64_t calls() const { return calls_; }

   private:
    friend class LatencyWindow;
    static constexpr int kBuckets = 80;  // 50 µs to 50 s
    static int BucketOf(absl::Duration took);

    std::array<uint32_t, kBuckets> counts_ = {};
    uint64_t calls_ = 0;
    absl::Duration took_;
  };

  /// How many calls, and how long they took together; exact.
  struct Total {
    uint64_t calls = 0;
    absl::Duration took;
  };

  void Observe(uint64_t bytes, absl::Duration took, Instant now);
  Sample Of(int size_class, Instant now);
  Sample All(Instant now);
  Total TotalOf(int size_class, Instant now);

 private:
  void Turn(Instant now);

  // What came in this half of the window, and in the one before.
  std::array<Sample, kSizeClasses> recent_ = {};
  std::array<Sample, kSizeClasses> older_ = {};
  int64_t half_ = 0;
};

}  // namespace trebol
