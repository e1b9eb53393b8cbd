#include "common/resilience/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace trebol {

TokenBucket::TokenBucket(double share, int64_t burst)
    : earned_(std::llround(share * kOne)), most_(burst * kOne), thousandths_(most_) {}

void TokenBucket::Earn() {
  int64_t has = thousandths_.load(std::memory_order_relaxed);
  // Full is the usual case, and then nothing is written.
  while (has < most_ && !thousandths_.compare_exchange_weak(has, std::min(has + earned_, most_),
                                                            std::memory_order_relaxed)) {
  }
}

bool TokenBucket::TrySpend() {
  int64_t has = thousandths_.load(std::memory_order_relaxed);
  while (has >= kOne) {
    if (thousandths_.compare_exchange_weak(has, has - kOne, std::memory_order_relaxed)) return true;
  }
  return false;
}

}  // namespace trebol
