// Nodes that fill up refuse writes before the disk does: reads and deletes go on, and what deletes
// free can be written again.
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kObjectSize = 3 * kMiB;

testing::MadeBytes BodyOf(int number) {
  return {.seed = static_cast<uint64_t>(number) + 1, .size = kObjectSize};
}

class FullDisk : public testing::Story {
 protected:
  ~FullDisk() override {
    for (const std::string& mount : mounts_) umount2(mount.c_str(), MNT_DETACH);
  }

  bool MountSmallDisks() {
    if (geteuid() != 0) return false;
    for (int i = 0; i < 3; ++i) {
      const std::string path = absl::StrCat(dir(), "/cluster/storage-", i);
      std::filesystem::create_directories(path);
      if (mount("tmpfs", path.c_str(), "tmpfs", 0, "size=64m") != 0) return false;
      mounts_.push_back(path);
    }
    return true;
  }

  absl::Status Put(int number) {
    return client().PutObject("bucket", absl::StrCat(number), BodyOf(number).Source()).status();
  }
  bool Reads(int number) {
    std::string read;
    const auto got =
        client().GetObject("bucket", absl::StrCat(number), [&read](absl::string_view part) {
          read.append(part.data(), part.size());
          return absl::OkStatus();
        });
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() && BodyOf(number).Matches(0, read) && read.size() == kObjectSize;
  }

  void FillReadDeleteAndFillAgain() {
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
    int stored = 0;
    absl::Status full;
    for (; stored < 100 && full.ok(); ++stored) full = Put(stored);
    --stored;  // the last one was refused
    std::cout << stored << " objects of 3 MiB, then: " << full << std::endl;
    ASSERT_FALSE(full.ok()) << "100 objects fit on a disk for 20";
    EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted) << full;
    EXPECT_EQ(ReasonOf(full), v1::DISK_FULL);
    EXPECT_THAT(std::string(full.message()), HasSubstr("full"));
    EXPECT_THAT(std::string(full.message()), HasSubstr("add a node or delete objects"));
    ASSERT_GE(stored, 8);
    EXPECT_TRUE(absl::IsNotFound(client().HeadObject("bucket", absl::StrCat(stored)).status()));
    for (int i = 0; i < stored; ++i) EXPECT_TRUE(Reads(i)) << i;
    EXPECT_TRUE(AwaitStatus("nodes that say so", [](const auto& s) {
      return std::all_of(s.nodes.begin(), s.nodes.end(),
                         [](const auto& node) { return node.writes_refused; });
    }));
    const auto status = client().GetClusterStatus();
    ASSERT_TRUE(status.ok()) << status.status();
    for (const auto& node : status->nodes) EXPECT_FALSE(node.store_failed);

    for (int i = 0; i < stored; i += 2) {
      const auto deleted = client().DeleteObject("bucket", absl::StrCat(i));
      ASSERT_TRUE(deleted.ok()) << deleted.status();
      EXPECT_TRUE(deleted->existed);
    }
    // Collected, then compacted: both by themselves.
    absl::Status again;
    EXPECT_TRUE(Await("space to come back", [&] {
      again = Put(1000);
      return again.ok();
    })) << again;
    EXPECT_TRUE(Reads(1000));
    for (int i = 1; i < stored; i += 2) EXPECT_TRUE(Reads(i)) << i;
  }

 private:
  std::vector<std::string> mounts_;
};

TEST_F(FullDisk, OfACapacityThatIsUsedUp) {
  MiniCluster::Options options;
  options.flags["storage"] = {"--capacity", "64MiB"};
  StartCluster(options);
  ASSERT_FALSE(HasFatalFailure());
  FillReadDeleteAndFillAgain();
}

TEST_F(FullDisk, OfASmallFileSystem) {
  if (!MountSmallDisks()) GTEST_SKIP() << "needs root, to mount small file systems";
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  FillReadDeleteAndFillAgain();
  // And it starts on what it left.
  ASSERT_TRUE(cluster().StopAll().ok());
  ASSERT_TRUE(cluster().RestartDead().ok());
  EXPECT_TRUE(Reads(1));
  EXPECT_TRUE(Reads(1000));
}

}  // namespace
}  // namespace trebol
