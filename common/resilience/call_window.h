#pragma once

#include <array>
#include <cstdint>

#include "absl/time/time.h"
#include "common/base/clock.h"

namespace trebol {

/// How many calls of the last while failed or were slow. Ten buckets, so that what is forgotten is
/// forgotten within a tenth of the window. Not thread-safe; every operation is O(1).
class CallWindow {
 public:
  struct Counts {
    int64_t calls = 0;
    int64_t failed = 0;
    int64_t slow = 0;
  };

  explicit CallWindow(absl::Duration length) : bucket_length_(length / kBuckets) {}

  void Add(const Counts& counts, Instant now);
  Counts Total(Instant now);
  void Clear();

 private:
  static constexpr int kBuckets = 10;

  void Forget(Instant now);

  const absl::Duration bucket_length_;
  std::array<Counts, kBuckets> buckets_ = {};
  Counts total_;
  int64_t newest_ = 0;  // number of the newest bucket since the clock's origin
};

}  // namespace trebol
