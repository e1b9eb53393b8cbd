#include "common/resilience/ejection_cap.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Suspect At(uint64_t node, int seconds) { return {NodeId(node), {absl::Seconds(seconds)}}; }

TEST(EjectionCap, IsAThirdAndAtLeastOne) {
  EXPECT_EQ(MostEjected(0), 1u);
  EXPECT_EQ(MostEjected(1), 1u);
  EXPECT_EQ(MostEjected(3), 1u);
  EXPECT_EQ(MostEjected(5), 1u);
  EXPECT_EQ(MostEjected(6), 2u);
  EXPECT_EQ(MostEjected(100), 33u);
}

TEST(EjectionCap, LeavesOutThoseThatWereTheFirst) {
  EXPECT_THAT(Ejected({}, 5), IsEmpty());
  EXPECT_THAT(Ejected({At(9, 30)}, 5), ElementsAre(NodeId(9)));
  EXPECT_THAT(Ejected({At(1, 30), At(2, 10), At(3, 20)}, 6), ElementsAre(NodeId(2), NodeId(3)));
}

TEST(EjectionCap, DecidesByTheIdAtTheSameMoment) {
  EXPECT_THAT(Ejected({At(3, 10), At(1, 10), At(2, 10)}, 3), ElementsAre(NodeId(1)));
}

}  // namespace
}  // namespace trebol
