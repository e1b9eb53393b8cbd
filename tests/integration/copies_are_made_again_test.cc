// What a node missed while it was away, and what its disk spoiled, it gets from its peers without
// anybody's doing: afterwards its copies alone are enough.
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

constexpr int kObjects = 60;

class CopiesAreMadeAgain : public testing::Story {
 protected:
  void Start(std::vector<std::string> flags) {
    MiniCluster::Options options;
    options.flags["storage"] = std::move(flags);
    StartCluster(options);
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
    ASSERT_TRUE(AwaitAllCopies("bucket"));
  }
  static testing::MadeBytes BytesOf(int i) {
    return {.seed = static_cast<uint64_t>(i), .size = i % 7 == 0 ? 5'000'000u : 3'000u + i};
  }
  void PutObjects(int from, int to) {
    for (int i = from; i < to; ++i) {
      const auto put = client().PutObject("bucket", absl::StrCat("key-", i), BytesOf(i).Source());
      ASSERT_TRUE(put.ok()) << put.status();
    }
  }
  void ReadObjects(int to) {
    for (int i = 0; i < to; ++i) {
      std::string bytes;
      const auto read =
          client().GetObject("bucket", absl::StrCat("key-", i), [&bytes](absl::string_view part) {
            bytes.append(part.data(), part.size());
            return absl::OkStatus();
          });
      ASSERT_TRUE(read.ok()) << i << ": " << read.status();
      EXPECT_TRUE(bytes == BytesOf(i).All()) << i;
    }
  }
  size_t Passes(const std::string& node) {
    size_t passes = 0;
    const std::string log = LogOf(node);
    for (size_t at = log.find("a scrub pass ended"); at != std::string::npos;
         at = log.find("a scrub pass ended", at + 1)) {
      ++passes;
    }
    return passes;
  }
  bool AwaitEqualNodes() {
    return AwaitStatus("nodes with the same chunks", [](const client::ClusterStatus& status) {
      for (const client::NodeStatus& node : status.nodes) {
        if (node.liveness != "up" || node.chunk_bytes != status.nodes[0].chunk_bytes) return false;
      }
      return status.nodes[0].chunk_bytes > 0;
    });
  }
};

TEST_F(CopiesAreMadeAgain, OfWhatANodeMissed) {
  Start({});
  PutObjects(0, kObjects / 2);
  ASSERT_TRUE(cluster().Kill("storage-2").ok());
  PutObjects(kObjects / 2, kObjects);
  ASSERT_TRUE(client().DeleteObject("bucket", "key-1").ok());  // while it is away
  ASSERT_TRUE(cluster().Restart("storage-2").ok());
  ASSERT_TRUE(client().PutObject("bucket", "key-1", BytesOf(1).Source()).ok());
  ASSERT_TRUE(AwaitEqualNodes());
  // The node that was away must do alone.
  ASSERT_TRUE(cluster().Kill("storage-0").ok());
  ASSERT_TRUE(cluster().Kill("storage-1").ok());
  ReadObjects(kObjects);
}

TEST_F(CopiesAreMadeAgain, OfWhatADiskSpoiled) {
  Start({"--scrub-interval=1s"});
  PutObjects(0, kObjects);
  ASSERT_TRUE(AwaitEqualNodes());
  ASSERT_TRUE(cluster().Stop("storage-1").ok());
  // A byte in every 64 KiB of every segment but the first pages, which are headers.
  int spoiled = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(cluster().DataDir("storage-1") + "/segments")) {
    std::fstream segment(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<int64_t>(file.file_size());
    for (int64_t at = 300'000; at < size; at += 65536, ++spoiled) {
      segment.seekg(at);
      const int byte = segment.get();
      segment.seekp(at);
      segment.put(static_cast<char>(byte ^ 0x40));
    }
  }
  ASSERT_GT(spoiled, 50);
  ASSERT_TRUE(cluster().Restart("storage-1").ok());
  const size_t passes = Passes("storage-1");
  ASSERT_TRUE(Await("a whole scrub pass", [&] { return Passes("storage-1") >= passes + 2; }));
  EXPECT_TRUE(absl::StrContains(LogOf("storage-1"), "a bad copy was found"));
  ASSERT_TRUE(AwaitEqualNodes());
  ASSERT_TRUE(cluster().Kill("storage-0").ok());
  ASSERT_TRUE(cluster().Kill("storage-2").ok());
  ReadObjects(kObjects);
}

}  // namespace
}  // namespace trebol
