#pragma once

#include "common/base/planted.h"
#include "common/resilience/token_bucket.h"

namespace trebol {

/// Keeps retries at a tenth of the calls: where all fails, repeating all would triple the load of
/// what is failing. A burst lets a node's end be repeated at once. Thread-safe.
class RetryBudget {
 public:
  RetryBudget() : tokens_(0.1, 100) {}

  /// For each call that is no retry.
  void Call() { tokens_.Earn(); }
  bool MayRetry() { return tokens_.TrySpend() || Planted("resilience.no_retry_budget"); }

 private:
  TokenBucket tokens_;
};

}  // namespace trebol
