// Any one storage node may be killed at any time: nothing acknowledged is lost, reads and writes go
// on, the cluster says that it is degraded, and is healthy when the node is back.
#include <fstream>
#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/load.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StorageNodeDiesDuringLoad : public testing::Story {};

TEST_F(StorageNodeDiesDuringLoad, EachInTurn) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(client().CreateBucket("load").ok());
  testing::Load load({.endpoints = cluster().GatewayEndpoints(), .seed = 11});
  load.Start();
  ASSERT_TRUE(load.AwaitWrites(100, kPatience));
  for (const char* node : {"storage-0", "storage-1", "storage-2"}) {
    SCOPED_TRACE(node);
    const auto before = load.counts();
    ASSERT_TRUE(cluster().Kill(node).ok());
    EXPECT_TRUE(load.AwaitWrites(100, kPatience));
    EXPECT_TRUE(load.AwaitReads(100, kPatience));
    ASSERT_TRUE(AwaitStatus("one node down, all partitions with two copies", [](const auto& s) {
      return s.health == "degraded" && s.nodes_up == 2 && s.degraded_partitions == s.partitions &&
             s.unavailable_partitions == 0;
    }));
    const auto status = client().GetClusterStatus();
    ASSERT_TRUE(status.ok()) << status.status();
    ASSERT_FALSE(status->reasons.empty());
    EXPECT_THAT(status->reasons, ::testing::Contains(HasSubstr(cluster().Endpoint(node))));
    // Written while a node is away: on two nodes, and readable.
    EXPECT_TRUE(load.AwaitWrites(50, kPatience));
    ASSERT_TRUE(cluster().Restart(node).ok());
    ASSERT_TRUE(cluster().WaitReady(node, kPatience).ok());
    ASSERT_TRUE(AwaitHealth("healthy"));
    EXPECT_TRUE(load.AwaitWrites(50, kPatience));
    EXPECT_TRUE(load.AwaitReads(50, kPatience));
    EXPECT_GT(load.counts().puts, before.puts);
  }
  load.Stop();
  const size_t keys = load.Verify(client());
  const auto counts = load.counts();
  std::cout << "puts " << counts.puts << ", gets " << counts.gets << ", deletes " << counts.deletes
            << ", unknown " << counts.unknown << ", refused " << counts.refused << ", failed reads "
            << counts.failed_reads << ", keys verified " << keys << std::endl;
  EXPECT_THAT(load.violations(), IsEmpty());
  EXPECT_EQ(counts.failed_reads, 0u) << ::testing::PrintToString(load.errors());
  // A copy that was under way to the node that dies is missed by nobody: the other two count.
  EXPECT_EQ(counts.unknown + counts.refused, 0u) << ::testing::PrintToString(load.errors());
}

TEST_F(StorageNodeDiesDuringLoad, AFileGoesUpAndComesDown) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(client().CreateBucket("files").ok());
  ASSERT_TRUE(AwaitAllCopies("files"));
  const std::string path = dir() + "/file";
  const std::string copy = dir() + "/copy";
  std::ofstream(path, std::ios::binary)
      << testing::MadeBytes{.seed = 12, .size = (96 << 20) + 12'345}.All();
  // Kills a node when a third has moved.
  const auto killing = [this](const std::string& node) {
    return [this, node, dead = std::make_shared<std::once_flag>()](uint64_t done, uint64_t total) {
      if (done < total / 3) return;
      std::call_once(*dead, [&] { EXPECT_TRUE(cluster().Kill(node).ok()); });
    };
  };
  const auto up = client().UploadFile(
      path, "files", "file",
      {.multipart_threshold = 0, .part_size = 8 << 20, .progress = killing("storage-2")});
  ASSERT_TRUE(up.ok()) << up.status();
  ASSERT_TRUE(cluster().Restart("storage-2").ok());
  ASSERT_TRUE(AwaitHealth("healthy"));
  // Of what came while that one was dead, one copy is left then.
  const auto down = client().DownloadFile(
      "files", "file", copy, {.range_size = 8 << 20, .progress = killing("storage-0")});
  ASSERT_TRUE(down.ok()) << down.status();
  EXPECT_TRUE(testing::ContentsOf(path) == testing::ContentsOf(copy));
  EXPECT_EQ(cluster().GetState("storage-0"), MiniCluster::State::kStopped);
}

}  // namespace
}  // namespace trebol
