// A cluster grows, shrinks, loses a node for good and replaces one while clients work: no operation
// fails, nothing is lost, and in the end every copy is where it belongs and nowhere else.
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/load.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::IsEmpty;

class NodesComeAndGo : public testing::Story {
 protected:
  void Start(int nodes, std::vector<std::string> metadata_flags = {}) {
    MiniCluster::Options options;
    options.nodes = nodes;
    options.zones = 3;
    options.flags["metadata"] = std::move(metadata_flags);
    StartCluster(options);
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("load").ok());
    load_.emplace(testing::Load::Options{
        .endpoints = cluster().GatewayEndpoints(), .seed = 31, .large_every = 100});
    load_->Start();
    ASSERT_TRUE(load_->AwaitWrites(200, kPatience));
  }
  /// A fourth node of three, which waits to be taken in.
  void Join() {
    // A second supervisor on the same directory starts what is missing.
    auto joined = MiniCluster::Start({.dir = dir() + "/cluster", .nodes = 4});
    ASSERT_TRUE(joined.ok()) << joined.status();
    joined_ = *std::move(joined);
    ASSERT_TRUE(AwaitState("storage-3", "waiting"));
  }
  std::string EndpointOf(const std::string& name) {
    return (joined_ != nullptr ? *joined_ : cluster()).Endpoint(name);
  }
  void Node(const std::string& verb, std::vector<std::string> names) {
    std::vector<std::string> arguments = {"node", verb, "--yes", "--wait"};
    for (const std::string& name : names) arguments.push_back(EndpointOf(name));
    const testing::ProgramResult result = Cli(arguments, {.timeout = kPatience});
    ASSERT_EQ(result.exit_code, 0) << verb << ": " << result.out << result.err;
    ASSERT_TRUE(load_->AwaitWrites(50, kPatience));
  }
  static const client::NodeStatus* Find(const client::ClusterStatus& status,
                                        const std::string& endpoint) {
    for (const client::NodeStatus& node : status.nodes) {
      if (node.endpoint == endpoint) return &node;
    }
    return nullptr;
  }
  /// As many chunks as nothing but whole sets of copies can be, and none where none belong.
  bool AwaitState(const std::string& name, const std::string& state) {
    return AwaitStatus(absl::StrCat(name, " ", state), [&](const auto& status) {
      const client::NodeStatus* node = Find(status, EndpointOf(name));
      return node != nullptr && node->state == state;
    });
  }
  uint64_t BytesOn(const std::string& name) {
    uint64_t bytes = 0;
    EXPECT_TRUE(AwaitStatus("a status", [&](const auto& status) {
      const client::NodeStatus* node = Find(status, EndpointOf(name));
      if (node != nullptr) bytes = node->chunk_bytes;
      return node != nullptr;
    }));
    return bytes;
  }
  void ExpectNothingFailed() {
    load_->Stop();
    const size_t keys = load_->Verify(client());
    const auto counts = load_->counts();
    std::cout << "puts " << counts.puts << ", gets " << counts.gets << ", deletes "
              << counts.deletes << ", unknown " << counts.unknown << ", refused " << counts.refused
              << ", failed reads " << counts.failed_reads << ", keys " << keys << std::endl;
    EXPECT_GT(keys, 10u);
    EXPECT_THAT(load_->violations(), IsEmpty());
    EXPECT_EQ(counts.unknown + counts.refused + counts.failed_reads, 0u)
        << ::testing::PrintToString(load_->errors());
  }

  std::unique_ptr<MiniCluster> joined_;
  std::optional<testing::Load> load_;
};

TEST_F(NodesComeAndGo, AddedAndDrained) {
  Start(3);
  ASSERT_FALSE(HasFatalFailure());
  Join();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(BytesOn("storage-3"), 0u);
  Node("add", {"storage-3"});
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_TRUE(AwaitHealth("healthy"));
  EXPECT_GT(BytesOn("storage-3"), 0u);
  Node("drain", {"storage-0"});
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_TRUE(AwaitState("storage-0", "drained"));
  load_->Stop();
  EXPECT_EQ(BytesOn("storage-0"), 0u);
  ASSERT_TRUE(cluster().Stop("storage-0").ok());  // nobody needs it
  ExpectNothingFailed();
}

TEST_F(NodesComeAndGo, LostForGood) {
  Start(5, {"--out-after=3s"});
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(cluster().Kill("storage-1").ok());
  EXPECT_TRUE(AwaitState("storage-1", "out"));
  // All copies of what it had are made again, from the others.
  EXPECT_TRUE(AwaitStatus("every copy made again", [](const client::ClusterStatus& status) {
    return status.degraded_partitions == 0 && status.missing_chunks == 0;
  }));
  // So another may go now.
  ASSERT_TRUE(load_->AwaitWrites(50, kPatience));
  load_->Stop();
  ASSERT_TRUE(cluster().Kill("storage-3").ok());
  ExpectNothingFailed();
}

TEST_F(NodesComeAndGo, Replaced) {
  Start(3);
  ASSERT_FALSE(HasFatalFailure());
  Join();
  ASSERT_FALSE(HasFatalFailure());
  Node("replace", {"storage-0", "storage-3"});
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_TRUE(AwaitState("storage-0", "out"));
  ASSERT_TRUE(cluster().Stop("storage-0").ok());
  EXPECT_TRUE(AwaitHealth("healthy"));
  ExpectNothingFailed();
}

}  // namespace
}  // namespace trebol
