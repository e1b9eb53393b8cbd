#pragma once

#include "common/base/planted.h"
#include "common/resilience/token_bucket.h"

namespace trebol {

/// Keeps second requests for reads that are late at 5 % of the reads: where all are late, asking
/// twice makes all later. A node that is silent is another matter: nothing is gained by waiting for
/// it, and it does no work for the request. Thread-safe.
class HedgeBudget {
 public:
  HedgeBudget() : tokens_(0.05, 100) {}

  void Read() { tokens_.Earn(); }
  /// `silent`: nothing came from the node that is waited for, for more than a second.
  bool MayHedge(bool silent) {
    return silent || tokens_.TrySpend() || Planted("resilience.no_hedge_budget");
  }

 private:
  TokenBucket tokens_;
};

}  // namespace trebol
