#pragma once

#include <atomic>
#include <cstdint>

namespace trebol {

/// Tokens that ordinary work earns and extra work spends, so that extra work stays a share of it.
/// Thread-safe, lock-free: a few nanoseconds.
class TokenBucket {
 public:
  /// `share`: what one earning is worth. Full with `burst` tokens, and full at the beginning.
  TokenBucket(double share, int64_t burst);

  void Earn();
  /// False when there is less than one token.
  bool TrySpend();

 private:
  static constexpr int64_t kOne = 1000;

  const int64_t earned_;
  const int64_t most_;
  std::atomic<int64_t> thousandths_;
};

}  // namespace trebol
