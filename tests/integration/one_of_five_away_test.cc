// With more nodes than copies, one that dies or hangs costs no operation and no copy: a fourth node
// takes what it would have taken, and has it for readers until it is back.
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/load.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::IsEmpty;

class OneOfFiveAway : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster({.nodes = 5});
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("load").ok());
  }

  const client::NodeStatus* Find(const client::ClusterStatus& status, const std::string& name) {
    for (const client::NodeStatus& node : status.nodes) {
      if (node.endpoint == cluster().Endpoint(name)) return &node;
    }
    return nullptr;
  }
  bool AwaitBreaker(const std::string& name, const std::string& breaker) {
    return AwaitStatus(absl::StrCat("the breaker of ", name, " ", breaker), [&](const auto& s) {
      const client::NodeStatus* node = Find(s, name);
      return node != nullptr && node->breaker == breaker;
    });
  }
  void ExpectNothingFailed(testing::Load& load) {
    load.Stop();
    const size_t keys = load.Verify(client());
    const auto counts = load.counts();
    std::cout << "puts " << counts.puts << ", gets " << counts.gets << ", deletes "
              << counts.deletes << ", unknown " << counts.unknown << ", refused " << counts.refused
              << ", failed reads " << counts.failed_reads << ", keys " << keys << std::endl;
    EXPECT_THAT(load.violations(), IsEmpty());
    EXPECT_EQ(counts.unknown + counts.refused + counts.failed_reads, 0u)
        << ::testing::PrintToString(load.errors());
  }
};

TEST_F(OneOfFiveAway, KilledAndBack) {
  testing::Load load({.endpoints = cluster().GatewayEndpoints(), .seed = 21});
  load.Start();
  ASSERT_TRUE(load.AwaitWrites(100, kPatience));
  for (const char* node : {"storage-0", "storage-3"}) {
    SCOPED_TRACE(node);
    ASSERT_TRUE(cluster().Kill(node).ok());
    EXPECT_TRUE(load.AwaitWrites(150, kPatience));
    EXPECT_TRUE(load.AwaitReads(150, kPatience));
    ASSERT_TRUE(cluster().Restart(node).ok());
    ASSERT_TRUE(cluster().WaitReady(node, kPatience).ok());
    EXPECT_TRUE(AwaitHealth("healthy"));
    // Found to be back, by requests or without them.
    EXPECT_TRUE(AwaitBreaker(node, "closed"));
    EXPECT_TRUE(load.AwaitWrites(50, kPatience));
  }
  ExpectNothingFailed(load);
}

TEST_F(OneOfFiveAway, HangsAndGoesOn) {
  testing::Load load({.endpoints = cluster().GatewayEndpoints(), .seed = 22, .large_every = 1000});
  load.Start();
  ASSERT_TRUE(load.AwaitWrites(100, kPatience));
  ASSERT_TRUE(cluster().Pause("storage-1").ok());
  EXPECT_TRUE(load.AwaitWrites(100, kPatience));
  EXPECT_TRUE(load.AwaitReads(100, kPatience));
  EXPECT_TRUE(AwaitBreaker("storage-1", "open"));
  EXPECT_TRUE(load.AwaitWrites(100, kPatience));
  EXPECT_TRUE(load.AwaitReads(100, kPatience));
  ASSERT_TRUE(cluster().Resume("storage-1").ok());
  EXPECT_TRUE(AwaitHealth("healthy"));
  EXPECT_TRUE(AwaitBreaker("storage-1", "closed"));
  EXPECT_TRUE(load.AwaitWrites(50, kPatience));
  ExpectNothingFailed(load);
}

TEST_F(OneOfFiveAway, ItsCopiesAreOnAnotherNodeAndRead) {
  const auto bytes_of_others = [&]() -> uint64_t {
    const auto status = client().GetClusterStatus();
    if (!status.ok()) return 0;
    uint64_t bytes = 0;
    for (const char* name : {"storage-1", "storage-2", "storage-3", "storage-4"}) {
      bytes += Find(*status, name)->chunk_bytes;
    }
    return bytes;
  };
  constexpr uint64_t kSize = 10'000;
  constexpr int kObjects = 40;
  int next = 0;
  const auto put = [&] {
    const std::string key = absl::StrCat("key", next++);
    const testing::MadeBytes body{.seed = static_cast<uint64_t>(next), .size = kSize};
    EXPECT_TRUE(client().PutObject("load", key, body.Source()).ok());
    return std::make_pair(key, body);
  };
  ASSERT_TRUE(cluster().Pause("storage-0").ok());
  ASSERT_TRUE(Await("the breaker of the node that hangs", [&] {
    put();
    const auto status = client().GetClusterStatus();
    return status.ok() && Find(*status, "storage-0")->breaker == "open";
  }));

  // A copy that is sent to find out whether the node is back is sent to nobody else. So this is
  // repeated until no such copy was among them.
  std::vector<std::pair<std::string, testing::MadeBytes>> objects;
  ASSERT_TRUE(Await("three copies of everything on four nodes", [&] {
    // What was put before has arrived, or never will, once nothing changes for three heartbeats.
    uint64_t before = 0;
    for (int same = 0; same < 30;) {
      const uint64_t bytes = bytes_of_others();
      same = bytes == before ? same + 1 : 0;
      before = bytes;
      absl::SleepFor(absl::Milliseconds(100));
    }
    objects.clear();
    for (int i = 0; i < kObjects; ++i) objects.push_back(put());
    for (int i = 0; i < 30; ++i) {
      if (bytes_of_others() == before + 3 * kSize * kObjects) return true;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return false;
  }));

  // Of three nodes, one hangs and two die: what has all its members there is left to the fourth.
  ASSERT_TRUE(cluster().Kill("storage-1").ok());
  ASSERT_TRUE(cluster().Kill("storage-2").ok());
  for (const auto& [key, body] : objects) {
    std::string read;
    const auto got = client().GetObject("load", key, [&read](absl::string_view part) {
      read.append(part.data(), part.size());
      return absl::OkStatus();
    });
    EXPECT_TRUE(got.ok()) << key << ": " << got.status();
    EXPECT_TRUE(read == body.All()) << key;
  }
}

}  // namespace
}  // namespace trebol
