#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using CopyTest = CliTest;

TEST_F(CopyTest, CopiesAFileUpAndDown) {
  const std::string data(2'500'000, 'x');
  const std::string path = folder_.Write("beach.jpg", data);
  EXPECT_EQ(Run({"cp", path, "trebol://photos/b.jpg"}), 0) << err();
  EXPECT_EQ(out(), path + " -> trebol://photos/b.jpg\n");
  EXPECT_TRUE(gateway_.DataOf("photos", "b.jpg") == data);
  EXPECT_EQ(gateway_.ContentTypeOf("photos", "b.jpg"), "image/jpeg");
  EXPECT_EQ(Run({"cp", "-q", "trebol://photos/b.jpg", folder_.Path("back")}), 0) << err();
  EXPECT_TRUE(folder_.Read("back") == data);
  EXPECT_EQ(out(), "");
}

TEST_F(CopyTest, KeepsTheNameBelowAFolder) {
  const std::string path = folder_.Write("a.txt", "x");
  EXPECT_EQ(Run({"cp", path, "trebol://photos/2026/"}), 0);
  EXPECT_EQ(Run({"cp", path, "trebol://photos"}), 0);
  EXPECT_THAT(gateway_.Keys("photos"), ElementsAre("2026/a.txt", "a.txt"));
  EXPECT_EQ(Run({"cp", "trebol://photos/2026/a.txt", folder_.root()}), 0);
  EXPECT_EQ(Run({"cp", "trebol://photos/2026/a.txt", folder_.Path("new/")}), 0);
  EXPECT_THAT(folder_.Names(), ElementsAre("a.txt", "new/a.txt"));
}

TEST_F(CopyTest, SeveralSourcesNeedAFolder) {
  const std::string a = folder_.Write("1/a", "1");
  const std::string b = folder_.Write("1/b", "2");
  EXPECT_EQ(Run({"cp", a, b, "trebol://photos/x"}), 2);
  EXPECT_EQ(Run({"cp", a, b, "trebol://photos/x/"}), 0);
  EXPECT_THAT(gateway_.Keys("photos"), ElementsAre("x/a", "x/b"));
  const std::string other_a = folder_.Write("2/a", "3");
  EXPECT_EQ(Run({"cp", a, other_a, "trebol://photos/y/"}), 1) << "both would be y/a";
  EXPECT_EQ(gateway_.DataOf("photos", "y/a"), "1");
}

TEST_F(CopyTest, CopiesStandardInputAndOutput) {
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a"}, std::string(1'500'000, 'z')), 0) << err();
  EXPECT_EQ(gateway_.DataOf("photos", "a").size(), 1'500'000u);
  EXPECT_EQ(Run({"cp", "trebol://photos/a", "-"}), 0);
  EXPECT_EQ(out(), std::string(1'500'000, 'z')) << "and nothing else";
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/"}, "x"), 2);
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/", "-"}), 2);
}

TEST_F(CopyTest, CopiesBetweenObjectsWithTypeAndMetadata) {
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a", "--content-type", "x/y", "--metadata", "k=v=w",
                 "--metadata", "l="},
                "data"),
            0);
  EXPECT_EQ(Run({"cp", "trebol://photos/a", "trebol://photos/b"}), 0) << err();
  EXPECT_EQ(gateway_.DataOf("photos", "b"), "data");
  EXPECT_EQ(gateway_.ContentTypeOf("photos", "b"), "x/y");
  EXPECT_EQ(gateway_.MetadataOf("photos", "b").at("k"), "v=w");
  EXPECT_EQ(Run({"cp", "trebol://photos/a", "trebol://photos/c", "--metadata", "m=n"}), 0);
  EXPECT_EQ(gateway_.MetadataOf("photos", "c").size(), 1u);
}

TEST_F(CopyTest, ASlashAfterTheSourceMeansWhatIsInIt) {
  folder_.Write("src/a", "1");
  folder_.Write("src/d/b", "2");
  EXPECT_EQ(Run({"cp", "-r", folder_.Path("src/"), "trebol://photos/x"}), 0);
  EXPECT_EQ(Run({"cp", "-r", folder_.Path("src"), "trebol://photos/y/"}), 0);
  EXPECT_EQ(Run({"cp", "-r", folder_.Path("src/."), "trebol://photos"}), 0);
  EXPECT_THAT(gateway_.Keys("photos"),
              ElementsAre("a", "d/b", "x/a", "x/d/b", "y/src/a", "y/src/d/b"));
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/y/src/", folder_.Path("one")}), 0);
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/y/src", folder_.Path("two")}), 0);
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/x", "trebol://photos/z/"}), 0);
  EXPECT_THAT(folder_.Names(),
              ElementsAre("one/a", "one/d/b", "src/a", "src/d/b", "two/src/a", "two/src/d/b"));
  EXPECT_EQ(gateway_.DataOf("photos", "z/x/d/b"), "2");
}

TEST_F(CopyTest, AWholeBucketIsADirectoryToo) {
  gateway_.AddObject("photos", "a/b", "x");
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/", folder_.Path("contents")}), 0);
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos", folder_.Path("itself")}), 0);
  EXPECT_THAT(folder_.Names(), ElementsAre("contents/a/b", "itself/photos/a/b"));
}

TEST_F(CopyTest, ManyFilesGoBothWays) {
  for (int i = 0; i < 300; ++i) {
    folder_.Write("up/" + std::to_string(i % 7) + "/" + std::to_string(i),
                  std::string(i * 11, 'q'));
  }
  EXPECT_EQ(Run({"cp", "-r", "--jobs", "16", folder_.Path("up/"), "trebol://photos/many/"}), 0);
  EXPECT_EQ(gateway_.Keys("photos").size(), 300u);
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/many/", folder_.Path("down")}), 0);
  for (int i = 0; i < 300; ++i) {
    const std::string name = "/" + std::to_string(i % 7) + "/" + std::to_string(i);
    EXPECT_EQ(folder_.Read("down" + name), folder_.Read("up" + name));
  }
}

TEST_F(CopyTest, NamesWhatCannotBeCopiedAndCopiesTheRest) {
  folder_.Write("src/good", "x");
  std::filesystem::create_symlink("nowhere", folder_.Path("src/dangling"));
  ASSERT_EQ(mkfifo(folder_.Path("src/pipe").c_str(), 0600), 0);
  folder_.Write("src/bad-\xff", "x");
  EXPECT_EQ(Run({"cp", "-r", folder_.Path("src/"), "trebol://photos"}), 1);
  EXPECT_THAT(err(), HasSubstr("/src/dangling: is a symbolic link to something that does not"));
  EXPECT_THAT(err(), HasSubstr("/src/pipe: "));
  EXPECT_THAT(err(), HasSubstr("/src/bad-\\xff: "));
  EXPECT_THAT(gateway_.Keys("photos"), ElementsAre("good"));
}

TEST_F(CopyTest, ALinkToNothingIsAFailureAndNotNotFound) {
  std::filesystem::create_directory(folder_.Path("src"));
  std::filesystem::create_symlink("nowhere", folder_.Path("src/dangling"));
  EXPECT_EQ(Run({"cp", "-r", folder_.Path("src/"), "trebol://photos"}), 1) << "with nothing beside";
  EXPECT_EQ(Run({"cp", folder_.Path("src/dangling"), "trebol://photos"}), 1);
  EXPECT_THAT(err(), HasSubstr("/src/dangling: is a symbolic link to something that does not"));
}

TEST_F(CopyTest, SingleSourcesThatAreNoFilesAreNamed) {
  EXPECT_EQ(Run({"cp", folder_.Path("nothing"), "trebol://photos/"}), 3);
  EXPECT_THAT(err(), HasSubstr("No such file"));
  EXPECT_EQ(Run({"cp", folder_.root(), "trebol://photos/"}), 2);
  EXPECT_THAT(err(), HasSubstr("add -r"));
  ASSERT_EQ(mkfifo(folder_.Path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(Run({"cp", folder_.Path("pipe"), "trebol://photos/"}), 1);
  EXPECT_EQ(Run({"cp", "a", "b"}), 2) << "two files";
}

TEST_F(CopyTest, KeysThatWouldLeaveTheDestinationAreRefused) {
  for (const char* key : {"../evil", "a/../../evil", "/etc/evil", "a//b", "dir/"}) {
    gateway_.AddObject("photos", key, "x");
  }
  gateway_.AddObject("photos", "good", "x");
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/", folder_.Path("dst")}), 1);
  EXPECT_THAT(err(), HasSubstr("trebol://photos/../evil"));
  EXPECT_THAT(folder_.Names(), ElementsAre("dst/good"));
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("evil")));
}

TEST_F(CopyTest, AnObjectWhoseKeyEndsInASlashIsCopiedUnderAWholeName) {
  gateway_.AddObject("photos", "dir/", "bytes");
  EXPECT_EQ(Run({"cp", "trebol://photos/dir/", folder_.Path("file")}), 0) << err();
  EXPECT_EQ(folder_.Read("file"), "bytes");
  EXPECT_EQ(Run({"cp", "trebol://photos/dir/", "-"}), 0) << err();
  EXPECT_EQ(out(), "bytes");
  EXPECT_EQ(Run({"cp", "trebol://photos/dir/", "trebol://photos/other"}), 0) << err();
  EXPECT_EQ(gateway_.DataOf("photos", "other"), "bytes");
  for (const std::string folder : {folder_.root(), std::string("trebol://photos/x/")}) {
    EXPECT_EQ(Run({"cp", "trebol://photos/dir/", folder}), 2);
    EXPECT_THAT(err(), HasSubstr("trebol://photos/dir/ has no name to keep; add -r"));
  }
  EXPECT_EQ(Run({"cp", "trebol://photos/no/", folder_.Path("no")}), 3);
  EXPECT_THAT(err(), HasSubstr("trebol://photos/no/: there is no such object; add -r"));
  EXPECT_EQ(Run({"cp", "trebol://photos/", folder_.Path("no")}), 2);
}

TEST_F(CopyTest, WhatMarksAFolderIsSkippedAndNoFailure) {
  for (const char* key : {"dir/", "dir/sub/"}) gateway_.AddObject("photos", key, "");
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/dir/", folder_.Path("only")}), 0) << err();
  EXPECT_THAT(folder_.Names(), IsEmpty());
  gateway_.AddObject("photos", "dir/sub/a", "x");
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/dir/", folder_.Path("in")}), 0);
  EXPECT_EQ(err(),
            "trebol://photos/dir/: skipped, it only marks a folder\n"
            "trebol://photos/dir/sub/: skipped, it only marks a folder\n");
  EXPECT_EQ(Run({"cp", "-r", "-q", "trebol://photos/dir", folder_.Path("itself")}), 0);
  EXPECT_EQ(err(), "");
  EXPECT_THAT(folder_.Names(), ElementsAre("in/sub/a", "itself/dir/sub/a"));
}

TEST_F(CopyTest, BetweenBucketsAKeyMayEndInASlash) {
  gateway_.AddBucket("copies");
  gateway_.AddObject("photos", "dir/", "");
  gateway_.AddObject("photos", "dir/a", "x");
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/dir", "trebol://copies"}), 0) << err();
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/dir/", "trebol://copies/of/"}), 0) << err();
  EXPECT_THAT(gateway_.Keys("copies"), ElementsAre("dir/", "dir/a", "of/", "of/a"));
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/dir/", "trebol://copies"}), 0) << "no key is empty";
  EXPECT_THAT(err(), HasSubstr("trebol://photos/dir/: skipped"));
  EXPECT_EQ(gateway_.Keys("copies").size(), 5u);
}

TEST_F(CopyTest, ARecursiveCopyNamesBytesThatNoFileCanHave) {
  gateway_.AddObject("photos", "dir/", "bytes");
  gateway_.AddObject("photos", "dir/a", "x");
  for (const std::string source : {"trebol://photos/dir/", "trebol://photos/dir"}) {
    EXPECT_EQ(Run({"cp", "-r", source, folder_.Path("x")}), 1);
    EXPECT_THAT(err(), HasSubstr("trebol://photos/dir/: nothing can be called so below "));
    EXPECT_THAT(err(), HasSubstr("copy it by itself, without -r"));
    EXPECT_THAT(err(), Not(HasSubstr("''")));
  }
  EXPECT_THAT(folder_.Names(), ElementsAre("x/a", "x/dir/a"));
}

TEST_F(CopyTest, ADamagedDownloadLeavesWhatWasThere) {
  gateway_.AddObject("photos", "a", std::string(200'000, 'x'));
  folder_.Write("a", "old");
  gateway_.CorruptGets();
  EXPECT_EQ(Run({"cp", "trebol://photos/a", folder_.Path("a")}), 1);
  EXPECT_THAT(err(), HasSubstr("CRC32C"));
  EXPECT_EQ(folder_.Read("a"), "old");
  EXPECT_THAT(folder_.Names(), ElementsAre("a")) << "no temporary file is left";
}

TEST_F(CopyTest, AnInterruptLeavesNothing) {
  gateway_.AddObject("photos", "a", std::string(200'000, 'x'));
  gateway_.HangGets();
  std::thread interrupter([this] {
    // As soon as the download has begun.
    while (folder_.Names().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    stop_.request_stop();
  });
  EXPECT_EQ(Run({"cp", "trebol://photos/a", folder_.Path("a")}), 130);
  interrupter.join();
  EXPECT_THAT(folder_.Names(), IsEmpty());
}

TEST_F(CopyTest, MissingBucketsAndObjectsAreNotFound) {
  const std::string path = folder_.Write("a", "x");
  EXPECT_EQ(Run({"cp", path, "trebol://nowhere/a"}), 3);
  EXPECT_EQ(Run({"cp", "-r", folder_.root(), "trebol://nowhere/"}), 3);
  EXPECT_EQ(err(),
            "trebol: cp: trebol://nowhere: bucket 'nowhere' does not exist; create it first\n");
  EXPECT_EQ(Run({"cp", "trebol://photos/no", folder_.Path("b")}), 3);
  EXPECT_EQ(Run({"cp", "-r", "trebol://photos/no", folder_.Path("b")}), 3);
}

TEST_F(CopyTest, OnATerminalThereIsABarAndNoLines) {
  environment_.err_is_terminal = true;
  const std::string path = folder_.Write("a", "hello");
  EXPECT_EQ(Run({"cp", path, "trebol://photos/a"}), 0);
  EXPECT_EQ(out(), "");
  EXPECT_THAT(err(), HasSubstr("1 file, 5 B in "));
}

TEST_F(CopyTest, NoBarIsDrawnOverTheBytesOfAnObject) {
  gateway_.AddObject("photos", "a", "hello");
  environment_.err_is_terminal = true;
  EXPECT_EQ(Run({"cp", "trebol://photos/a", "-"}), 0);
  EXPECT_THAT(err(), HasSubstr("1 file, 5 B in ")) << "the bytes go elsewhere";
  environment_.out_is_terminal = true;
  EXPECT_EQ(Run({"cp", "trebol://photos/a", "-"}), 0);
  EXPECT_EQ(out(), "hello");
  EXPECT_EQ(err(), "");
}

}  // namespace
}  // namespace trebol::cli
