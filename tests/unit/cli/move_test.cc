#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MoveTest : public CliTest {
 protected:
  std::vector<std::string> Keys() const { return gateway_.Keys("photos"); }
};

TEST_F(MoveTest, CopiesAtTheServerAndRemoves) {
  gateway_.AddObject("photos", "a", "bytes");
  EXPECT_EQ(Run({"mv", "trebol://photos/a", "trebol://photos/dir/"}), 0) << err();
  EXPECT_THAT(Keys(), ElementsAre("dir/a"));
  EXPECT_EQ(gateway_.bytes_put(), 0u);
  EXPECT_EQ(Run({"mv", "trebol://photos/dir/a", "trebol://photos/dir/a"}), 2);
  EXPECT_THAT(err(), HasSubstr("onto itself"));
  EXPECT_EQ(Run({"mv", "trebol://photos/none", "trebol://photos/b"}), 3);
  EXPECT_EQ(Run({"mv", "-", "trebol://photos/b"}), 2);
}

TEST_F(MoveTest, MovesFilesUpAndDown) {
  folder_.Write("in/x", "one");
  folder_.Write("in/y", "two");
  EXPECT_EQ(Run({"mv", "-r", folder_.Path("in") + "/", "trebol://photos/"}), 0) << err();
  EXPECT_THAT(Keys(), ElementsAre("x", "y"));
  EXPECT_THAT(folder_.Names(), IsEmpty());
  EXPECT_EQ(Run({"mv", "-r", "trebol://photos/", folder_.Path("out")}), 0) << err();
  EXPECT_EQ(folder_.Read("out/photos/x") + folder_.Read("out/x"), "one");
  EXPECT_THAT(Keys(), IsEmpty());
}

TEST_F(MoveTest, NothingIsRemovedWithoutACopy) {
  gateway_.AddObject("photos", "a", "x");
  const std::string path = folder_.Write("file", "y");
  EXPECT_EQ(Run({"mv", "trebol://photos/a", "trebol://nowhere/b"}), 3);
  EXPECT_EQ(Run({"mv", path, "trebol://nowhere/b"}), 3);
  EXPECT_EQ(Run({"mv", "trebol://photos/a", "/dev/null/b"}), 1);
  gateway_.CorruptGets();
  EXPECT_EQ(Run({"mv", "trebol://photos/a", folder_.Path("a")}), 1);
  EXPECT_THAT(err(), HasSubstr("CRC32C"));
  gateway_.CorruptPutAnswers();
  EXPECT_EQ(Run({"mv", path, "trebol://photos/b"}), 1);
  EXPECT_THAT(err(), HasSubstr("CRC32C"));
  EXPECT_THAT(folder_.Names(), ElementsAre("file"));
  EXPECT_TRUE(gateway_.HasObject("photos", "a"));
}

TEST_F(MoveTest, ANewerObjectIsNotRemoved) {
  gateway_.AddObject("photos", "a", "old!");
  EXPECT_EQ(RunAnd({"mv", "trebol://photos/a", folder_.Path("a")}, "100%",
                   [this] { gateway_.AddObject("photos", "a", "newer"); }),
            1);
  EXPECT_THAT(err(), HasSubstr("it was copied, and what is there now stays: somebody else"));
  EXPECT_EQ(folder_.Read("a"), "old!");
  EXPECT_EQ(gateway_.DataOf("photos", "a"), "newer");
}

TEST_F(MoveTest, AFileThatChangesMeanwhileStays) {
  const std::string path = folder_.Write("a", "old!");
  EXPECT_EQ(RunAnd({"mv", path, "trebol://photos/a"}, "100%",
                   [&] { std::ofstream(path, std::ios::app) << "more"; }),
            1);
  EXPECT_EQ(folder_.Read("a"), "old!more");
}

TEST_F(MoveTest, InAVersionedBucketWhatWasMovedIsAnOlderVersion) {
  EXPECT_EQ(Run({"bucket", "versioning", "trebol://photos", "enabled"}), 0);
  gateway_.AddObject("photos", "a", "x");
  EXPECT_EQ(Run({"mv", "trebol://photos/a", "trebol://photos/b"}), 0) << err();
  EXPECT_THAT(Keys(), ElementsAre("b"));
  EXPECT_EQ(Run({"ls", "--versions", "trebol://photos/a"}), 0);
  EXPECT_THAT(out(), HasSubstr("DELETED"));
}

TEST_F(MoveTest, NothingIsRemovedThroughALinkToADirectory) {
  folder_.Write("elsewhere/precious", "1");
  folder_.Write("elsewhere/linked", "2");
  folder_.Write("in/a", "3");
  std::filesystem::create_directory_symlink(folder_.Path("elsewhere"), folder_.Path("in/dir"));
  std::filesystem::create_symlink(folder_.Path("elsewhere/linked"), folder_.Path("in/file"));
  EXPECT_EQ(Run({"mv", "-r", folder_.Path("in/"), "trebol://photos"}), 1);
  EXPECT_THAT(err(), HasSubstr("/in/dir: is a symbolic link to a directory"));
  EXPECT_THAT(Keys(), ElementsAre("a", "file"));
  EXPECT_EQ(gateway_.DataOf("photos", "file"), "2");
  EXPECT_THAT(folder_.Names(), ElementsAre("elsewhere/linked", "elsewhere/precious"));
}

TEST_F(MoveTest, NoCopyReplacesWhatIsToBeCopied) {
  gateway_.AddObject("photos", "a/1", "outer");
  gateway_.AddObject("photos", "a/x/1", "inner");
  for (const std::string verb : {"mv", "cp"}) {
    EXPECT_EQ(Run({verb, "-r", "trebol://photos/a/", "trebol://photos/a/x/"}), 2);
    EXPECT_THAT(err(), HasSubstr("the copy of trebol://photos/a/1 would replace "
                                 "trebol://photos/a/x/1, which is to be copied itself"));
  }
  EXPECT_EQ(gateway_.DataOf("photos", "a/x/1"), "inner");
  EXPECT_EQ(Run({"mv", "-r", "trebol://photos/a/", "trebol://photos/b/"}), 0) << err();
  EXPECT_THAT(Keys(), ElementsAre("b/1", "b/x/1"));
}

TEST_F(MoveTest, WhatIsThereStaysWhenTold) {
  gateway_.AddObject("photos", "a", "new");
  folder_.Write("a", "old");
  EXPECT_EQ(Run({"mv", "-n", "trebol://photos/a", folder_.Path("a")}), 1);
  EXPECT_THAT(err(), HasSubstr("/a is there already, and stays"));
  EXPECT_EQ(Run({"cp", "-n", "trebol://photos/a", folder_.Path("a")}), 1);
  EXPECT_EQ(folder_.Read("a"), "old");
  EXPECT_EQ(Run({"mv", "-n", folder_.Path("a"), "trebol://photos/a"}), 1);
  EXPECT_EQ(gateway_.DataOf("photos", "a"), "new");
}

}  // namespace
}  // namespace trebol::cli
