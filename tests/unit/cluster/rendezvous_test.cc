#include "common/cluster/rendezvous.h"

#include <gtest/gtest.h>

#include <map>

namespace trebol {
namespace {

/// How often each node comes first in 20,000 orders.
std::map<uint64_t, int> Firsts(const std::map<uint64_t, double>& weights) {
  std::map<uint64_t, int> firsts;
  for (uint64_t p = 0; p < 20000; ++p) {
    uint64_t first = 0;
    double least = 0;
    for (const auto& [node, weight] : weights) {
      const double cost = RendezvousCost(PartitionId(p), NodeId(node), weight);
      if (first == 0 || cost < least) {
        first = node;
        least = cost;
      }
    }
    ++firsts[first];
  }
  return firsts;
}

TEST(Rendezvous, NodesComeFirstInProportionToTheirWeight) {
  std::map<uint64_t, int> firsts = Firsts({{1, 1}, {2, 2}, {3, 5}});
  EXPECT_NEAR(firsts[1], 2500, 250);
  EXPECT_NEAR(firsts[2], 5000, 350);
  EXPECT_NEAR(firsts[3], 12500, 400);
}

TEST(Rendezvous, CostIsNeverNegativeAndFallsWithWeight) {
  for (uint64_t p = 0; p < 1000; ++p) {
    const double cost = RendezvousCost(PartitionId(p), NodeId(77), 1);
    EXPECT_GT(cost, 0);
    EXPECT_EQ(RendezvousCost(PartitionId(p), NodeId(77), 2), cost / 2);
  }
}

TEST(Rendezvous, IsFrozen) {
  EXPECT_EQ(RendezvousCost(PartitionId(0), NodeId(1), 1), 8463310872);
  EXPECT_EQ(RendezvousCost(PartitionId(4095), NodeId(0xfeedface), 1.5), 1303409977.3333333);
}

}  // namespace
}  // namespace trebol
