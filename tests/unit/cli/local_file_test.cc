#include "cli/local_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/unit/cli/temporary_folder.h"

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LocalFileTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(LocalFileTest, ReadsWhatIsThere) {
  const std::string path = folder_.Write("a", "hello");
  const auto file = FileReader::Open(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->size(), 5u);
  char bytes[10];
  EXPECT_EQ(*(*file)->Read(bytes, 10), 5u);
  EXPECT_EQ(*(*file)->Read(bytes, 10), 0u);
}

TEST_F(LocalFileTest, NoticesAFileThatGrows) {
  const std::string path = folder_.Write("a", "hello");
  const auto file = FileReader::Open(path);
  folder_.Write("a", "hello, world");
  char bytes[20];
  const auto got = (*file)->Read(bytes, 20);
  EXPECT_THAT(std::string(got.status().message()), HasSubstr("changed while it was being read"));
}

TEST_F(LocalFileTest, NoticesAFileThatShrinks) {
  const std::string path = folder_.Write("a", "hello");
  const auto file = FileReader::Open(path);
  std::filesystem::resize_file(path, 2);
  char bytes[20];
  EXPECT_EQ(*(*file)->Read(bytes, 20), 2u);
  const auto got = (*file)->Read(bytes, 20);
  EXPECT_THAT(std::string(got.status().message()), HasSubstr("it had 5 bytes and now has 2"));
}

TEST_F(LocalFileTest, OpensNoPipesAndNoDirectories) {
  const std::string pipe = folder_.Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(FileReader::Open(pipe).status()));
  EXPECT_FALSE(FileReader::Open(folder_.root()).ok());
  EXPECT_TRUE(absl::IsNotFound(FileReader::Open(folder_.Path("nothing")).status()));
}

TEST_F(LocalFileTest, AFileAppearsOnlyWithCommit) {
  folder_.Write("a", "old");
  const auto file = FileWriter::Create(folder_.Path("a"));
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE((*file)->Append("new").ok());
  EXPECT_EQ(folder_.Read("a"), "old");
  ASSERT_TRUE((*file)->Commit().ok());
  EXPECT_EQ(folder_.Read("a"), "new");
  EXPECT_THAT(folder_.Names(), ::testing::ElementsAre("a"));
}

TEST_F(LocalFileTest, NothingIsLeftWithoutCommit) {
  {
    const auto file = FileWriter::Create(folder_.Path("a"));
    ASSERT_TRUE((*file)->Append("new").ok());
  }
  EXPECT_THAT(folder_.Names(), IsEmpty());
}

TEST_F(LocalFileTest, ReplacesWhatALinkLeadsTo) {
  folder_.Write("real", "old");
  std::filesystem::create_symlink("real", folder_.Path("link"));
  const auto file = FileWriter::Create(folder_.Path("link"));
  ASSERT_TRUE((*file)->Append("new").ok() && (*file)->Commit().ok());
  EXPECT_EQ(folder_.Read("real"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_.Path("link")));
}

TEST_F(LocalFileTest, WritesToDevicesWithoutReplacingThem) {
  const auto file = FileWriter::Create("/dev/null");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append("new").ok() && (*file)->Commit().ok());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(LocalFileTest, ADirectoryIsNoFile) {
  EXPECT_TRUE(absl::IsFailedPrecondition(FileWriter::Create(folder_.root()).status()));
}

TEST_F(LocalFileTest, MakesParents) {
  const std::string root = folder_.Path("new/root");
  ASSERT_TRUE(MakeParents(root, "a/b/c").ok());
  ASSERT_TRUE(MakeParents(root, "a/b/c").ok()) << "again";
  EXPECT_TRUE(std::filesystem::is_directory(root + "/a/b"));
  EXPECT_FALSE(std::filesystem::exists(root + "/a/b/c"));
}

TEST_F(LocalFileTest, FollowsNoLinkOutOfTheDestination) {
  std::filesystem::create_directory(folder_.Path("outside"));
  std::filesystem::create_directory(folder_.Path("root"));
  std::filesystem::create_directory_symlink(folder_.Path("outside"), folder_.Path("root/sub"));
  const absl::Status status = MakeParents(folder_.Path("root"), "sub/dir/file");
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_TRUE(std::filesystem::is_empty(folder_.Path("outside")));
}

TEST_F(LocalFileTest, AFileIsNoParent) {
  folder_.Write("a", "x");
  EXPECT_TRUE(absl::IsFailedPrecondition(MakeParents(folder_.root(), "a/b")));
}

}  // namespace
}  // namespace trebol::cli
