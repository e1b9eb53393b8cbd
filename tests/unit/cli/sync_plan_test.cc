#include "cli/sync_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trebol::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SyncPlanTest, TheLastFilterThatMatchesDecides) {
  const auto filters =
      FiltersIn({"a", "--exclude", "*", "--include=*.txt", "b", "--exclude", "x/*"});
  EXPECT_TRUE(Includes(filters, "a.txt"));
  EXPECT_TRUE(Includes(filters, "deep/in/a.txt"));
  EXPECT_FALSE(Includes(filters, "x/a.txt"));
  EXPECT_FALSE(Includes(filters, "a.jpg"));
  EXPECT_TRUE(Includes({}, "anything"));
}

TEST(SyncPlanTest, APatternThatEndsInASlashMeansAllBelow) {
  const auto filters = FiltersIn({"--exclude", ".git/"});
  EXPECT_FALSE(Includes(filters, ".git/objects/ab"));
  EXPECT_TRUE(Includes(filters, "sub/.git/x")) << "globs are of whole names";
  EXPECT_TRUE(Includes(filters, ".gitignore"));
}

TEST(SyncPlanTest, SaysWhatBecomesOfEachName) {
  const SyncEntries source = {{"big", {.size = 9}}, {"new", {.size = 1}}, {"same", {.size = 2}}};
  const SyncEntries destination = {
      {"big", {.size = 8}},   {"big.trebol-part", {.size = 4}},  {"big.trebol-state", {.size = 4}},
      {"extra", {.size = 1}}, {"gone.trebol-part", {.size = 4}}, {"same", {.size = 2}}};
  const SyncPlan plan = PlanSync(source, destination, /*remove_others=*/true);
  EXPECT_THAT(plan.copy, ElementsAre("big", "new"));
  EXPECT_THAT(plan.compare, ElementsAre("same"));
  EXPECT_THAT(plan.remove, ElementsAre("extra", "gone.trebol-part"))
      << "a begun download of what is there may go on";
  EXPECT_THAT(PlanSync(source, destination, /*remove_others=*/false).remove, IsEmpty());
}

}  // namespace
}  // namespace trebol::cli
