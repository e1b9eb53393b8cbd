// SIGKILL to every process at once, in the middle of a load, again and again: what was acknowledged
// is there afterwards, byte for byte, and what was deleted stays deleted.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/load.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kRounds = 6;

class EverythingDies : public testing::Story {};

TEST_F(EverythingDies, AgainAndAgainUnderLoad) {
  MiniCluster::Options options;
  options.gateways = 2;
  StartCluster(options);
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(client().CreateBucket("load").ok());
  testing::Load load({.endpoints = cluster().GatewayEndpoints(),
                      .workers = 6,
                      .seed = 12,
                      .client_timeout = absl::Seconds(5)});
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const auto before = load.counts();
    load.Start();
    ASSERT_TRUE(load.AwaitWrites(150 + 40 * round, kPatience))
        << ::testing::PrintToString(load.errors());
    cluster().KillAll();
    load.Stop();
    const auto after = load.counts();
    EXPECT_GT(after.deletes, before.deletes);
    EXPECT_GT(after.unknown + after.refused, before.unknown + before.refused)
        << "nothing was under way: the kill proved nothing";
    ASSERT_TRUE(cluster().RestartDead().ok());
    // A gateway's session is its own: what the dead one left undecided does not stop the new one.
    const size_t keys = load.Verify(client());
    EXPECT_GT(keys, 0u);
    ASSERT_THAT(load.violations(), IsEmpty());
  }
  const auto counts = load.counts();
  std::cout << kRounds << " rounds: puts " << counts.puts << ", gets " << counts.gets
            << ", deletes " << counts.deletes << ", unknown " << counts.unknown << ", refused "
            << counts.refused << ", keys " << load.Verify(client()) << std::endl;
  EXPECT_THAT(load.violations(), IsEmpty());
  EXPECT_TRUE(AwaitHealth("healthy"));
}

// What the others rest on: a ledger that sees nothing wrong must be able to see it.
TEST_F(EverythingDies, WouldBeNoticed) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(client().CreateBucket("load").ok());
  testing::Load load({.endpoints = cluster().GatewayEndpoints(), .seed = 16});
  load.Start();
  ASSERT_TRUE(load.AwaitWrites(300, kPatience));
  load.Stop();
  const auto page = client().ListObjects({.bucket = "load"});
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_GE(page->objects.size(), 2u);
  std::string absent;  // a key that was deleted: it has a smaller number than one that is there
  for (int i = 0; absent.empty() && i < 60; ++i) {
    const std::string key = absl::StrCat("worker-0/", i);
    if (absl::IsNotFound(client().HeadObject("load", key).status())) absent = key;
  }
  load.Verify(client());
  ASSERT_THAT(load.violations(), IsEmpty());
  const testing::MadeBytes other{.seed = 999, .size = page->objects[0].size};
  ASSERT_TRUE(client().PutObject("load", page->objects[0].key, other.Source()).ok());
  ASSERT_TRUE(client().DeleteObject("load", page->objects[1].key)->existed);
  ASSERT_TRUE(client().PutObject("load", absent, other.Source()).ok());
  load.Verify(client());
  EXPECT_THAT(load.violations(),
              ::testing::UnorderedElementsAre(HasSubstr("CORRUPT"), HasSubstr("LOST"),
                                              HasSubstr("expected nothing, found")));
}

TEST_F(EverythingDies, AnOrderlyEndLosesNothingEither) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(client().CreateBucket("load").ok());
  testing::Load load(
      {.endpoints = cluster().GatewayEndpoints(), .seed = 13, .client_timeout = absl::Seconds(5)});
  load.Start();
  ASSERT_TRUE(load.AwaitWrites(100, kPatience));
  const absl::Status stopped = cluster().StopAll();
  EXPECT_TRUE(stopped.ok()) << stopped;
  load.Stop();
  ASSERT_TRUE(cluster().RestartDead().ok());
  EXPECT_GT(load.Verify(client()), 0u);
  EXPECT_THAT(load.violations(), IsEmpty());
}

}  // namespace
}  // namespace trebol
