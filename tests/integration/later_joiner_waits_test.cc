// A storage node that joins after the first table is made is seen, and waits: nothing is placed on
// it until data can be moved.
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

class LaterJoiner : public testing::Story {};

TEST_F(LaterJoiner, IsVisibleAndWaits) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(client().CreateBucket("bucket").ok());
  ASSERT_TRUE(AwaitAllCopies("bucket"));
  const auto before = client().GetClusterStatus();
  ASSERT_TRUE(before.ok()) << before.status();
  MiniCluster::Options options;
  options.dir = dir() + "/cluster";
  options.nodes = 4;
  // A second supervisor on the same directory starts what is missing: the fourth node.
  auto joined = MiniCluster::Start(options);
  ASSERT_TRUE(joined.ok()) << joined.status();
  ASSERT_TRUE(AwaitStatus("four nodes up", [](const auto& s) { return s.nodes_up == 4; }));
  const testing::MadeBytes body{.seed = 3, .size = 3'000'000};
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(client().PutObject("bucket", absl::StrCat(i), body.Source()).ok());
  }
  ASSERT_TRUE(AwaitStatus("three copies of everything",
                          [&](const auto& s) { return ChunkBytes(s) == 20 * 3 * body.size; }));
  const auto status = client().GetClusterStatus();
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->health, "healthy");
  EXPECT_EQ(status->degraded_partitions, 0u);
  EXPECT_GT(status->map_epoch, before->map_epoch);
  int waiting = 0;
  for (const client::NodeStatus& node : status->nodes) {
    if (node.endpoint != (*joined)->Endpoint("storage-3")) {
      EXPECT_EQ(node.state, "active");
      EXPECT_EQ(node.partitions, status->partitions);
      continue;
    }
    ++waiting;
    EXPECT_EQ(node.state, "waiting");
    EXPECT_EQ(node.liveness, "up");
    EXPECT_EQ(node.partitions, 0u);
    EXPECT_EQ(node.chunks, 0u);
  }
  EXPECT_EQ(waiting, 1);
  const auto listed = Cli({"node", "ls"});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_THAT(listed.out, ::testing::ContainsRegex("waiting +up"));
  (*joined)->KillAll();
}

}  // namespace
}  // namespace trebol
