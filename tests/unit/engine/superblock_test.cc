#include "storage-node/engine/superblock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/base/error.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

using testing::HasSubstr;

TEST(Superblock, KeepsItsIdentityAndCountsOpenings) {
  SimulatedDisk disk;
  NodeId node;
  {
    auto superblock = Superblock::Open(disk.files(), "/d/node");
    ASSERT_TRUE(superblock.ok()) << superblock.status();
    node = (*superblock)->identity().node;
    EXPECT_NE(node, NodeId());
    EXPECT_EQ((*superblock)->identity().incarnation, 1u);
    ASSERT_TRUE((*superblock)->AdoptCluster("cluster-one", Generation(5)).ok());
  }
  disk.CutPower();
  disk.RestorePower(1);
  auto superblock = Superblock::Open(disk.files(), "/d/node");
  ASSERT_TRUE(superblock.ok()) << superblock.status();
  EXPECT_EQ((*superblock)->identity().node, node);
  EXPECT_EQ((*superblock)->identity().incarnation, 2u);
  EXPECT_EQ((*superblock)->identity().cluster_id, "cluster-one");
  EXPECT_EQ((*superblock)->identity().generation, Generation(5));
}

TEST(Superblock, RefusesAnotherClusterOrGeneration) {
  SimulatedDisk disk;
  auto superblock = Superblock::Open(disk.files(), "/d");
  ASSERT_TRUE((*superblock)->AdoptCluster("one", Generation(5)).ok());
  EXPECT_TRUE((*superblock)->AdoptCluster("one", Generation(5)).ok());
  EXPECT_EQ(ReasonOf((*superblock)->AdoptCluster("two", Generation(5))), v1::WRONG_CLUSTER);
  EXPECT_EQ(ReasonOf((*superblock)->AdoptCluster("one", Generation(6))), v1::WRONG_GENERATION);
}

TEST(Superblock, SurvivesAPowerCutAtAnyInstant) {
  for (uint64_t cut = 1; cut <= 12; ++cut) {
    SimulatedDisk disk;
    const NodeId node = (*Superblock::Open(disk.files(), "/d"))->identity().node;
    disk.CutPowerAfter(cut);
    {
      auto again = Superblock::Open(disk.files(), "/d");
      if (again.ok()) (*again)->AdoptCluster("c", Generation(1)).IgnoreError();
    }
    disk.CutPower();
    disk.RestorePower(cut);
    auto superblock = Superblock::Open(disk.files(), "/d");
    ASSERT_TRUE(superblock.ok()) << superblock.status();
    EXPECT_EQ((*superblock)->identity().node, node);
  }
}

TEST(Superblock, NamesAFormatThatItDoesNotKnow) {
  SimulatedDisk disk;
  ASSERT_TRUE(Superblock::Open(disk.files(), "/d").ok());
  std::string bytes = disk.Content("/d/superblock");
  bytes[8] = 9;
  disk.SetContent("/d/superblock", bytes);
  const absl::Status status = Superblock::Open(disk.files(), "/d").status();
  EXPECT_EQ(ReasonOf(status), v1::UNSUPPORTED_FORMAT);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/d/superblock has format 9"));
}

TEST(Superblock, FindsEveryFlippedBit) {
  SimulatedDisk disk;
  ASSERT_TRUE(Superblock::Open(disk.files(), "/d").ok());
  const std::string good = disk.Content("/d/superblock");
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_FALSE(DecodeSuperblock(bad, "x").ok()) << bit;
  }
}

TEST(Superblock, RefusesADirectoryOfSomethingElse) {
  TemporaryDirectory directory;
  std::ofstream(directory.path() + "/CURRENT") << "metadata";
  const absl::Status status = Superblock::Open(PosixFileSystem(), directory.path()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("not a storage node's data"));
}

TEST(Superblock, NamesTheProcessThatUsesTheDirectory) {
  TemporaryDirectory directory;
  const auto first = Superblock::Open(PosixFileSystem(), directory.path());
  ASSERT_TRUE(first.ok());
  const absl::Status status = Superblock::Open(PosixFileSystem(), directory.path()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr(std::to_string(getpid())));
}

TEST(PosixFileSystem, MakesDirectoriesWithTheirParents) {
  const TemporaryDirectory directory;
  FileSystem& files = PosixFileSystem();
  const std::string deep = directory.path() + "/a/b/c";
  for (const std::string& path : {deep, deep, deep + "/d/", directory.path() + "/./e/f"}) {
    EXPECT_TRUE(files.CreateDirectories(path).ok()) << path;
    EXPECT_TRUE(std::filesystem::is_directory(path)) << path;
  }
  ASSERT_TRUE(ReplaceFile(files, deep, "file", "").ok());
  EXPECT_FALSE(files.CreateDirectories(deep + "/file").ok());
  EXPECT_FALSE(files.CreateDirectories(deep + "/file/below").ok());
  EXPECT_FALSE(files.CreateDirectories("").ok());
}

}  // namespace
}  // namespace trebol
