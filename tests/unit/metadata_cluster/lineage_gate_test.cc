#include "metadata/cluster/lineage_gate.h"

#include "common/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Instant kStart{absl::Hours(1)};
constexpr NodeId kA{1};
constexpr NodeId kB{2};
constexpr NodeId kC{3};

v1::LogPosition At(uint64_t index) {
  v1::LogPosition position;
  position.set_index(index);
  position.set_term(1);
  return position;
}

// A history of ten entries.
absl::StatusOr<bool> HasTen(const v1::LogPosition& position) { return position.index() <= 10; }

LineageGate Gate(std::vector<NodeId> known, LineageGate::Options options = {}) {
  return LineageGate(HasTen, known, kStart, options);
}

TEST(LineageGate, IsOpenWithoutNodes) {
  const LineageGate gate = Gate({});
  EXPECT_TRUE(gate.MayServe().ok());
  EXPECT_TRUE(gate.MayCollect().ok());
}

TEST(LineageGate, WaitsForEveryNode) {
  LineageGate gate = Gate({kA, kB});
  EXPECT_EQ(ReasonOf(gate.MayServe()), v1::NOT_READY);
  gate.Hear(kA, At(10));
  gate.Hear(kA, At(10));
  gate.Tick(kStart + LineageGate::kGateTimeout - absl::Seconds(1));
  EXPECT_EQ(ReasonOf(gate.MayServe()), v1::NOT_READY);
  EXPECT_THAT(std::string(gate.MayServe().message()), HasSubstr(ToString(kB)));
  gate.Hear(kB, At(3));
  EXPECT_TRUE(gate.MayServe().ok());
  EXPECT_TRUE(gate.MayCollect().ok());
}

TEST(LineageGate, ServesWithAMajorityAfterItsTimeoutButDoesNotCollect) {
  LineageGate gate = Gate({kA, kB, kC});
  gate.Hear(kA, At(10));
  gate.Tick(kStart + LineageGate::kGateTimeout);
  EXPECT_FALSE(gate.MayServe().ok()) << "one of three is no majority";
  gate.Hear(kB, At(10));
  EXPECT_FALSE(gate.MayServe().ok());
  gate.Tick(kStart + LineageGate::kGateTimeout);
  EXPECT_TRUE(gate.MayServe().ok());
  EXPECT_EQ(ReasonOf(gate.MayCollect()), v1::NOT_READY);
  gate.Hear(kC, At(10));
  EXPECT_TRUE(gate.MayCollect().ok());
}

TEST(LineageGate, StaysShutWhenANodeKnowsMore) {
  LineageGate gate = Gate({kA, kB});
  gate.Hear(kA, At(11));
  gate.Hear(kB, At(10));
  gate.Tick(kStart + absl::Hours(1));
  EXPECT_EQ(ReasonOf(gate.MayServe()), v1::LINEAGE_MISSING);
  EXPECT_THAT(std::string(gate.MayServe().message()), HasSubstr("entry 11"));
  EXPECT_FALSE(gate.MayCollect().ok());
}

TEST(LineageGate, StopsCollectionWhenANodeKnowsMoreLater) {
  LineageGate gate = Gate({kA});
  gate.Hear(kA, At(10));
  EXPECT_TRUE(gate.Missing().empty());
  gate.Hear(kB, At(11));
  EXPECT_TRUE(gate.MayServe().ok());
  EXPECT_EQ(ReasonOf(gate.MayCollect()), v1::LINEAGE_MISSING);
  EXPECT_THAT(gate.Missing(), HasSubstr("entry 11"));
}

TEST(LineageGate, ServesButNeverCollectsOnTheOperatorsWord) {
  LineageGate gate = Gate({kA}, {.accept_missing_history = true});
  gate.Hear(kA, At(11));
  gate.Tick(kStart);
  EXPECT_TRUE(gate.MayServe().ok());
  EXPECT_FALSE(gate.MayCollect().ok());
}

TEST(LineageGate, DoesNotWaitForANodeThatIsExcused) {
  LineageGate gate = Gate({kA, kB, kC});
  gate.Hear(kA, At(10));
  gate.Excuse(kA);  // it was heard
  gate.Excuse(NodeId(9));
  EXPECT_THAT(gate.Excused(), IsEmpty());
  gate.Excuse(kC);
  EXPECT_THAT(gate.Excused(), ElementsAre(kC));
  EXPECT_EQ(ReasonOf(gate.MayServe()), v1::NOT_READY);
  EXPECT_THAT(std::string(gate.MayServe().message()), HasSubstr("from 1 of 2 nodes"));
  gate.Excuse(kB);
  EXPECT_TRUE(gate.MayServe().ok());
  EXPECT_TRUE(gate.MayCollect().ok());
  gate.Hear(kC, At(11));
  EXPECT_THAT(gate.Excused(), ElementsAre(kB));
  EXPECT_EQ(ReasonOf(gate.MayCollect()), v1::LINEAGE_MISSING);
}

TEST(LineageGate, HasNotHeardWhatItCouldNotCheck) {
  LineageGate gate([](const v1::LogPosition&) { return absl::UnavailableError("disk"); }, {kA},
                   kStart, {});
  gate.Hear(kA, At(1));
  EXPECT_EQ(ReasonOf(gate.MayServe()), v1::NOT_READY);
}

}  // namespace
}  // namespace trebol
