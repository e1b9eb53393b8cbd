#include "common/cluster/replica_quota.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

namespace trebol {
namespace {

using Quotas = std::vector<int>;

TEST(ReplicaQuotas, FollowWeights) {
  EXPECT_EQ(ReplicaQuotas({{1, 0}, {1, 0}, {2, 0}, {2, 0}}, 1024, 1), (Quotas{171, 171, 341, 341}));
  EXPECT_EQ(ReplicaQuotas({{1, 0}, {1, 0}, {1, 0}, {1, 0}}, 1024, 3), (Quotas{768, 768, 768, 768}));
}

TEST(ReplicaQuotas, ANodeHoldsAPartitionOnce) {
  EXPECT_EQ(ReplicaQuotas({{100, 0}, {1, 0}, {1, 0}}, 64, 2), (Quotas{64, 32, 32}));
  EXPECT_EQ(ReplicaQuotas({{1e9, 0}, {1, 0}, {1e-9, 0}}, 64, 3), (Quotas{64, 64, 64}));
}

TEST(ReplicaQuotas, AZoneHoldsAPartitionOnceWhenThereAreEnoughZones) {
  EXPECT_EQ(ReplicaQuotas({{1, 0}, {1, 0}, {1, 0}, {1, 1}, {1, 2}}, 60, 3),
            (Quotas{20, 20, 20, 60, 60}));
}

TEST(ReplicaQuotas, AZoneHoldsEveryPartitionWhenThereAreTooFew) {
  EXPECT_EQ(ReplicaQuotas({{1, 0}, {1, 0}, {1, 0}, {1, 0}, {0.1, 1}}, 64, 3),
            (Quotas{32, 32, 32, 32, 64}));
}

TEST(ReplicaQuotas, RoundingFollowsWhatIsHeld) {
  EXPECT_EQ(ReplicaQuotas({{1, 0, 3}, {1, 0, 2}, {1, 0, 3}}, 8, 1), (Quotas{3, 2, 3}));
  EXPECT_EQ(ReplicaQuotas({{1, 0, 2}, {1, 0, 3}, {1, 0, 3}}, 8, 1), (Quotas{2, 3, 3}));
}

RC_GTEST_PROP(ReplicaQuotas, AddUpAndStayWithinBounds, ()) {
  const int zones = *rc::gen::inRange(1, 7);
  const int count = *rc::gen::inRange(zones, 30);
  const int copies = *rc::gen::inRange(1, std::min(count, 6) + 1);
  const int partitions = 1 << *rc::gen::inRange(0, 13);
  std::vector<NodeLoad> nodes;
  for (int n = 0; n < count; ++n) {
    const int zone = n < zones ? n : *rc::gen::inRange(0, zones);
    nodes.push_back(
        {*rc::gen::inRange(1, 1000) / 10.0, zone, *rc::gen::inRange(0, partitions + 1)});
  }
  const Quotas quotas = ReplicaQuotas(nodes, partitions, copies);
  RC_ASSERT(std::accumulate(quotas.begin(), quotas.end(), 0) == partitions * copies);
  std::vector<int> by_zone(zones);
  for (int n = 0; n < count; ++n) {
    RC_ASSERT(quotas[n] >= 0 && quotas[n] <= partitions);
    by_zone[nodes[n].zone] += quotas[n];
  }
  for (int held : by_zone) {
    if (zones >= copies) RC_ASSERT(held <= partitions);
    if (zones <= copies) RC_ASSERT(held >= partitions);
  }
  // More weight in the same zone never means a smaller share, but for rounding.
  for (int a = 0; a < count; ++a) {
    for (int b = 0; b < count; ++b) {
      if (nodes[a].zone != nodes[b].zone || nodes[a].weight <= nodes[b].weight) continue;
      RC_ASSERT(quotas[a] >= quotas[b] - 1);
    }
  }
}

}  // namespace
}  // namespace trebol
