// SIGKILL to every process at once, in the middle of a load, again and again: what was acknowledged
// is there afterwards, byte for byte, and what was deleted stays deleted.
#include "gmock/gmock.h"
#include "tests/testing/load.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

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
