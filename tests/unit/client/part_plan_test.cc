#include "client/internal/part_plan.h"

#include <gtest/gtest.h>

#include "client/error_reason.h"
#include "client/multipart.h"
#include "common/base/limits.h"

namespace trebol::client {
namespace {

TEST(PartPlan, CoversTheWholeWithoutGaps) {
  for (const uint64_t size : {uint64_t{0}, uint64_t{1}, 16 * kMiB, 16 * kMiB + 1, 100 * kMiB,
                              700 * kGiB + 3, kMaxObjectSize}) {
    const PartPlan plan = *PlanUpload(size, 0);
    ASSERT_GE(plan.count, 1u);
    ASSERT_LE(plan.count, kMaxParts);
    EXPECT_LE(plan.part_size, kMaxPartSize);
    uint64_t offset = 0;
    for (size_t i = 0; i < plan.count; ++i) {
      ASSERT_EQ(plan.OffsetOf(i), offset);
      if (size > 0) ASSERT_GT(plan.SizeOf(i), 0u);
      offset += plan.SizeOf(i);
    }
    EXPECT_EQ(offset, size);
  }
}

TEST(PartPlan, TakesWholeChunksAndAsFewPartsAsNeedBe) {
  EXPECT_EQ(PlanUpload(100 * kMiB, 0)->part_size, 16 * kMiB);
  EXPECT_EQ(PlanUpload(10'000 * 16 * kMiB, 0)->part_size, 16 * kMiB);
  EXPECT_EQ(PlanUpload(10'000 * 16 * kMiB + 1, 0)->part_size, 20 * kMiB);
  EXPECT_EQ(PlanUpload(kMaxObjectSize, 0)->part_size % (4 * kMiB), 0u);
}

TEST(PartPlan, RefusesSizesThatBreakALimit) {
  EXPECT_TRUE(PlanUpload(10'000, 1).ok());
  EXPECT_EQ(ReasonOf(PlanUpload(10'001, 1).status()), ErrorReason::kTooManyParts);
  EXPECT_TRUE(PlanUpload(1, kMaxPartSize).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(PlanUpload(1, kMaxPartSize + 1).status()));
}

TEST(PartPlan, ADownloadHasAnyNumberOfRanges) {
  EXPECT_EQ(PlanDownload(1'000'000, 1).count, 1'000'000u);
  EXPECT_EQ(PlanDownload(0, 0).count, 1u);
  EXPECT_EQ(PlanDownload(33 * kMiB, 0).count, 3u);
}

}  // namespace
}  // namespace trebol::client
