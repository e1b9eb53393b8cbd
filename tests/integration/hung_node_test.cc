// A storage node that hangs (connections stay open, nothing answers) holds nothing up: two of three
// acknowledge writes, reads go to another copy.
#include "gmock/gmock.h"
#include "tests/testing/load.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::IsEmpty;

class HungNode : public testing::Story {};

TEST_F(HungNode, HoldsNothingUp) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(client().CreateBucket("load").ok());
  testing::Load load({.endpoints = cluster().GatewayEndpoints(), .seed = 15, .large_every = 1000});
  load.Start();
  ASSERT_TRUE(load.AwaitWrites(100, kPatience));
  ASSERT_TRUE(cluster().Pause("storage-1").ok());
  EXPECT_TRUE(load.AwaitWrites(60, kPatience)) << ::testing::PrintToString(load.errors());
  EXPECT_TRUE(load.AwaitReads(20, kPatience)) << ::testing::PrintToString(load.errors());
  EXPECT_TRUE(AwaitStatus("the hung node shown as down",
                          [](const auto& s) { return s.nodes_up == 2 && s.health == "degraded"; }));
  EXPECT_TRUE(load.AwaitWrites(30, kPatience));
  ASSERT_TRUE(cluster().Resume("storage-1").ok());
  EXPECT_TRUE(AwaitHealth("healthy"));
  EXPECT_TRUE(load.AwaitWrites(50, kPatience));
  load.Stop();
  const size_t keys = load.Verify(client());
  const auto counts = load.counts();
  std::cout << "puts " << counts.puts << ", gets " << counts.gets << ", deletes " << counts.deletes
            << ", unknown " << counts.unknown << ", refused " << counts.refused << ", failed reads "
            << counts.failed_reads << ", keys " << keys << std::endl;
  EXPECT_THAT(load.violations(), IsEmpty());
  EXPECT_EQ(counts.unknown + counts.refused + counts.failed_reads, 0u)
      << ::testing::PrintToString(load.errors());
}

TEST_F(HungNode, TwoOfThemStopWritesWithAClearError) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(client().CreateBucket("bucket").ok());
  const testing::MadeBytes body{.seed = 4, .size = 100'000};
  ASSERT_TRUE(client().PutObject("bucket", "key", body.Source()).ok());
  ASSERT_TRUE(cluster().Kill("storage-0").ok());
  ASSERT_TRUE(cluster().Kill("storage-1").ok());
  const auto put = client().PutObject("bucket", "other", body.Source());
  std::cout << "put with one node of three: " << put.status() << std::endl;
  EXPECT_EQ(put.status().code(), absl::StatusCode::kUnavailable) << put.status();
  EXPECT_TRUE(absl::IsNotFound(client().HeadObject("bucket", "other").status()));
  // One good copy is enough to read.
  std::string read;
  const auto got = client().GetObject("bucket", "key", [&read](absl::string_view part) {
    read.append(part.data(), part.size());
    return absl::OkStatus();
  });
  EXPECT_TRUE(got.ok()) << got.status();
  EXPECT_TRUE(read == body.All());
  EXPECT_TRUE(AwaitHealth("unavailable"));
  ASSERT_TRUE(cluster().RestartDead().ok());
  EXPECT_TRUE(AwaitHealth("healthy"));
  EXPECT_TRUE(client().PutObject("bucket", "other", body.Source()).ok());
}

}  // namespace
}  // namespace trebol
