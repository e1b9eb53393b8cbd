#include "cli/local_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/unit/cli/temporary_folder.h"

namespace trebol::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LocalTreeTest : public ::testing::Test {
 protected:
  void Walk(bool follow_directories = true) {
    LocalTreeVisitor visitor;
    visitor.follow_directories = follow_directories;
    visitor.file = [this](const LocalFile& file) { files_.push_back(file.relative); };
    visitor.left_out = [this](const std::string& path, const absl::Status& why) {
      EXPECT_FALSE(why.ok());
      left_out_.push_back(path.substr(folder_.root().size() + 1));
    };
    WalkLocalTree(folder_.root(), visitor);
  }

  TemporaryFolder folder_;
  std::vector<std::string> files_;
  std::vector<std::string> left_out_;
};

TEST_F(LocalTreeTest, FindsFilesInOrder) {
  folder_.Write("b", "");
  folder_.Write("a/z", "");
  folder_.Write("a/.hidden", "");
  std::filesystem::create_directory(folder_.Path("empty"));
  Walk();
  EXPECT_THAT(files_, ElementsAre("a/.hidden", "a/z", "b"));
  EXPECT_THAT(left_out_, IsEmpty());
}

TEST_F(LocalTreeTest, FollowsLinksToFilesAndDirectories) {
  folder_.Write("real/a", "");
  std::filesystem::create_symlink("real/a", folder_.Path("file-link"));
  std::filesystem::create_directory_symlink("real", folder_.Path("dir-link"));
  Walk();
  EXPECT_THAT(files_, ElementsAre("dir-link/a", "file-link", "real/a"));
  EXPECT_THAT(left_out_, IsEmpty());
}

TEST_F(LocalTreeTest, LeavesLinkedDirectoriesOutWhereToldSo) {
  folder_.Write("real/a", "");
  std::filesystem::create_symlink("real/a", folder_.Path("file-link"));
  std::filesystem::create_directory_symlink("real", folder_.Path("dir-link"));
  Walk(/*follow_directories=*/false);
  EXPECT_THAT(files_, ElementsAre("file-link", "real/a"));
  EXPECT_THAT(left_out_, ElementsAre("dir-link"));
}

TEST_F(LocalTreeTest, NamesLoopsAndGoesOn) {
  folder_.Write("a/b/file", "");
  std::filesystem::create_directory_symlink("..", folder_.Path("a/b/up"));
  std::filesystem::create_directory_symlink(".", folder_.Path("self"));
  std::filesystem::create_symlink("knot", folder_.Path("knot"));
  Walk();
  EXPECT_THAT(files_, ElementsAre("a/b/file"));
  EXPECT_THAT(left_out_, ElementsAre("a/b/up", "knot", "self"));
}

TEST_F(LocalTreeTest, NamesWhatCannotBeCopied) {
  folder_.Write("good", "");
  folder_.Write("bad-\xff", "");
  std::filesystem::create_symlink("nowhere", folder_.Path("dangling"));
  ASSERT_EQ(mkfifo(folder_.Path("pipe").c_str(), 0600), 0);
  Walk();
  EXPECT_THAT(files_, ElementsAre("good"));
  EXPECT_THAT(left_out_, ElementsAre("bad-\xff", "dangling", "pipe"));
}

}  // namespace
}  // namespace trebol::cli
