#include <atomic>
#include <thread>
#include <vector>

#include "common/resilience/backoff.h"
#include "common/resilience/hedge_budget.h"
#include "common/resilience/retry_budget.h"
#include "common/resilience/token_bucket.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

int Spend(RetryBudget& budget) {
  int spent = 0;
  while (budget.MayRetry()) ++spent;
  return spent;
}

TEST(TokenBucket, IsNeverFullerThanItsBurst) {
  TokenBucket bucket(0.5, 2);
  for (int i = 0; i < 100; ++i) bucket.Earn();
  EXPECT_TRUE(bucket.TrySpend());
  EXPECT_TRUE(bucket.TrySpend());
  EXPECT_FALSE(bucket.TrySpend());
  bucket.Earn();
  EXPECT_FALSE(bucket.TrySpend());
  bucket.Earn();
  EXPECT_TRUE(bucket.TrySpend());
}

TEST(TokenBucket, LosesAndInventsNothingBetweenThreads) {
  TokenBucket bucket(1, 1'000'000);
  while (bucket.TrySpend()) {
  }
  std::atomic<int> spent = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10'000; ++j) {
        bucket.Earn();
        if (bucket.TrySpend()) ++spent;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  while (bucket.TrySpend()) ++spent;
  EXPECT_EQ(spent, 40'000);
}

TEST(RetryBudget, IsATenthOfTheCallsBeyondABurst) {
  RetryBudget budget;
  EXPECT_EQ(Spend(budget), 100);
  for (int i = 0; i < 500; ++i) budget.Call();
  EXPECT_EQ(Spend(budget), 50);
}

TEST(HedgeBudget, IsATwentiethOfTheReadsBeyondABurst) {
  HedgeBudget budget;
  int hedges = 0;
  while (hedges < 1000 && budget.MayHedge(false)) ++hedges;
  EXPECT_EQ(hedges, 100);
  for (int i = 0; i < 200; ++i) budget.Read();
  while (hedges < 1000 && budget.MayHedge(false)) ++hedges;
  EXPECT_EQ(hedges, 110);
}

TEST(HedgeBudget, ChargesNothingForANodeThatIsSilent) {
  HedgeBudget budget;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(budget.MayHedge(true));
  EXPECT_TRUE(budget.MayHedge(false));
}

TEST(Backoff, DoublesUpToASecondWithHalfAsMuchAtRandom) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Backoff backoff(seed);
    for (const int least : {100, 200, 400, 800, 1000, 1000}) {
      const absl::Duration wait = backoff.Next();
      EXPECT_GE(wait, absl::Milliseconds(least));
      EXPECT_LE(wait, absl::Milliseconds(least) * 1.5);
    }
  }
}

TEST(Backoff, DiffersBetweenThoseThatFailedTogether) {
  EXPECT_NE(Backoff(1).Next(), Backoff(1'000'000).Next());
}

}  // namespace
}  // namespace trebol
