#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "cli/sync_remove.h"
#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SyncTest : public CliTest {
 protected:
  std::vector<std::string> Keys() const { return gateway_.Keys("photos"); }
};

TEST_F(SyncTest, SyncMakesOneSideWhatTheOtherIs) {
  folder_.Write("in/same", "same");
  folder_.Write("in/other", "new!");
  folder_.Write("in/dir/file", "x");
  folder_.Write("in/skip.bak", "y");
  gateway_.AddObject("photos", "p/same", "same");
  gateway_.AddObject("photos", "p/other", "old!");
  gateway_.AddObject("photos", "p/extra", "z");
  gateway_.AddObject("photos", "p/extra.bak", "z");
  gateway_.AddObject("photos", "outside", "z");
  const std::vector<std::string> command = {"sync",     folder_.Path("in"), "trebol://photos/p",
                                            "--delete", "--exclude",        "*.bak"};
  std::vector<std::string> dry = command;
  dry.emplace_back("--dry-run");
  EXPECT_EQ(Run(dry), 0) << err();
  EXPECT_THAT(out(), HasSubstr("remove  trebol://photos/p/extra\n"));
  EXPECT_THAT(out(), HasSubstr("dir/file -> trebol://photos/p/dir/file\n"));
  EXPECT_THAT(out(), Not(HasSubstr("bak")));
  EXPECT_THAT(out(), Not(HasSubstr("same")));
  EXPECT_EQ(gateway_.effects(), 0);
  EXPECT_EQ(Run(command), 0) << err();
  EXPECT_THAT(Keys(), ElementsAre("outside", "p/dir/file", "p/extra.bak", "p/other", "p/same"));
  EXPECT_EQ(gateway_.DataOf("photos", "p/other"), "new!");
  EXPECT_THAT(err(), HasSubstr("2 copied, 1 removed, 1 as they were"));

  EXPECT_EQ(Run({"sync", "trebol://photos/p", folder_.Path("out")}), 0) << err();
  EXPECT_EQ(folder_.Read("out/dir/file"), "x");
  EXPECT_EQ(Run({"sync", "trebol://photos/p", "trebol://photos/q/"}), 0) << err();
  EXPECT_EQ(gateway_.DataOf("photos", "q/other"), "new!");
}

TEST_F(SyncTest, SyncRemovesNothingByMistake) {
  gateway_.AddObject("photos", "a", "x");
  EXPECT_EQ(Run({"sync", folder_.Path("none"), "trebol://photos", "--delete"}), 3);
  std::filesystem::create_directory(folder_.Path("empty"));
  EXPECT_EQ(Run({"sync", folder_.Path("empty"), "trebol://photos", "--delete"}), 2);
  EXPECT_THAT(err(), HasSubstr("say --yes"));
  folder_.Write("in/b", "y");
  std::filesystem::create_symlink("nowhere", folder_.Path("in/broken"));
  EXPECT_EQ(Run({"sync", folder_.Path("in"), "trebol://photos", "--delete"}), 1);
  EXPECT_THAT(err(), HasSubstr("nothing is removed"));
  EXPECT_THAT(Keys(), ElementsAre("a", "b"));
  EXPECT_EQ(Run({"sync", folder_.Path("in"), folder_.Path("out")}), 2);
  EXPECT_EQ(Run({"sync", "trebol://photos/a", "trebol://photos"}), 2);
}

TEST_F(SyncTest, RemovesNothingOutsideADirectoryThroughALink) {
  folder_.Write("precious/file", "1");
  folder_.Write("out/stale", "2");
  folder_.Write("out/dir/deep/stale", "3");
  std::filesystem::create_directory_symlink(folder_.Path("precious"), folder_.Path("out/link"));
  gateway_.AddObject("photos", "a", "x");
  const std::vector<std::string> command = {"sync", "trebol://photos", folder_.Path("out") + "/",
                                            "--delete"};
  EXPECT_EQ(Run(command), 1) << "the link stays";
  EXPECT_THAT(err(), HasSubstr("out/link: stays; --exclude leaves it alone"));
  EXPECT_THAT(folder_.Names(), ElementsAre("out/a", "precious/file"));
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("out/dir"))) << "it has become empty";
  std::vector<std::string> without = command;
  without.insert(without.end(), {"--exclude", "link/"});
  EXPECT_EQ(Run(without), 0) << err();
  gateway_.AddObject("photos", "link/file", "evil");
  EXPECT_EQ(Run(command), 1);
  EXPECT_THAT(err(), HasSubstr("is a symbolic link, which is not followed inside a destination"));
  EXPECT_EQ(folder_.Read("precious/file"), "1");
}

TEST_F(SyncTest, ASourceThatIsNotThereIsNotFound) {
  gateway_.AddObject("photos", "p/a", "x");
  EXPECT_EQ(Run({"sync", "trebol://photos/q", folder_.Path("out"), "--delete"}), 3);
  EXPECT_THAT(err(), HasSubstr("trebol://photos/q/: there is nothing below it; trebol ls "));
  EXPECT_EQ(Run({"sync", "trebol://nowhere", folder_.Path("out")}), 3);
  EXPECT_EQ(Run({"sync", folder_.Path("no"), "trebol://photos/p", "--delete", "--yes"}), 3);
  EXPECT_THAT(err(), HasSubstr("there is no such directory"));
  EXPECT_EQ(Run({"sync", folder_.Write("file", "x"), "trebol://photos/p", "--delete"}), 1);
  EXPECT_THAT(err(), HasSubstr("is not a directory; cp copies single files"));
  EXPECT_EQ(Run({"sync", folder_.root(), "trebol://nowhere"}), 3);
  EXPECT_THAT(Keys(), ElementsAre("p/a"));
  EXPECT_EQ(Run({"sync", "trebol://photos/q", "trebol://photos/p", "--delete", "--yes"}), 0);
  EXPECT_THAT(Keys(), IsEmpty()) << err();
}

TEST_F(SyncTest, AListingThatFailsRemovesNothing) {
  folder_.Write("out/a", "x");
  gateway_.AddObject("photos", "b", "x");
  gateway_.FailNext(1, absl::PermissionDeniedError("not yours"));
  EXPECT_EQ(Run({"sync", "trebol://photos", folder_.Path("out"), "--delete", "--yes"}), 4);
  EXPECT_THAT(folder_.Names(), ElementsAre("out/a"));
}

TEST_F(SyncTest, KeysThatNoFileCanHaveAreNamedOrKeptWithTheBuckets) {
  gateway_.AddBucket("copies");
  gateway_.AddObject("photos", "marks/", "");
  gateway_.AddObject("photos", "bytes/", "data");
  gateway_.AddObject("photos", "a//b", "x");
  gateway_.AddObject("photos", "c", "x");
  EXPECT_EQ(Run({"sync", "trebol://photos", folder_.Path("out")}), 1);
  EXPECT_THAT(err(), HasSubstr("trebol://photos/bytes/: nothing can be called so below "));
  EXPECT_THAT(err(), HasSubstr("trebol://photos/a//b: "));
  EXPECT_THAT(err(), HasSubstr("1 copied, 0 removed, 0 as they were, 1 not copied"));
  EXPECT_THAT(err(), Not(HasSubstr("marks")));
  EXPECT_THAT(folder_.Names(), ElementsAre("out/c"));
  EXPECT_EQ(Run({"sync", "trebol://photos", "trebol://copies", "--delete"}), 0) << err();
  EXPECT_EQ(gateway_.Keys("copies"), Keys());
  EXPECT_EQ(gateway_.bytes_put(), 0u) << "copied at the server";
  // Up again: what marks a folder is no leftover.
  EXPECT_EQ(Run({"sync", folder_.Path("out"), "trebol://copies", "--delete"}), 0) << err();
  EXPECT_THAT(gateway_.Keys("copies"), ElementsAre("c", "marks/"));
}

TEST_F(SyncTest, SizesAloneAreEnoughWhenToldSo) {
  folder_.Write("in/a", "new!");
  gateway_.AddObject("photos", "a", "old!");
  EXPECT_EQ(Run({"sync", folder_.Path("in"), "trebol://photos", "--size-only"}), 0) << err();
  EXPECT_EQ(gateway_.DataOf("photos", "a"), "old!");
  EXPECT_EQ(Run({"sync", folder_.Path("in"), "trebol://photos", "-n"}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("would copy 1 file (4 B) and remove 0; 0 are the same"));
  EXPECT_EQ(Run({"sync", folder_.Path("in"), "trebol://photos"}), 0) << err();
  EXPECT_EQ(gateway_.DataOf("photos", "a"), "new!");
}

TEST_F(SyncTest, WithNothingToDoThereIsNoBar) {
  folder_.Write("in/a", "x");
  gateway_.AddObject("photos", "a", "x");
  environment_.err_is_terminal = true;
  EXPECT_EQ(Run({"sync", folder_.Path("in"), "trebol://photos"}), 0);
  EXPECT_THAT(err(), HasSubstr("0 copied, 0 removed, 1 as they were\n"));
  EXPECT_THAT(err(), Not(HasSubstr("0 files")));
}

TEST_F(SyncTest, IncludesTakeBackWhatAnExcludeLeftOut) {
  for (const char* name : {"in/a.jpg", "in/b.txt", "in/raw/c.jpg", "in/raw/d.txt"}) {
    folder_.Write(name, "x");
  }
  EXPECT_EQ(Run({"sync", folder_.Path("in"), "trebol://photos", "--include", "*.jpg"}), 2);
  EXPECT_THAT(err(), HasSubstr("--exclude '*' first"));
  EXPECT_EQ(Run({"sync", folder_.Path("in"), "trebol://photos", "--exclude", "*", "--include",
                 "*.jpg", "--exclude", "raw/"}),
            0)
      << err();
  EXPECT_THAT(Keys(), ElementsAre("a.jpg"));
}

TEST_F(SyncTest, AFileThatGoesAwayMeanwhileIsNamedAndTheRestIsCopied) {
  for (const char* name : {"in/a", "in/b", "in/c"}) folder_.Write(name, "x");
  gateway_.AddObject("photos", "old", "x");
  // The bar shows that the first of three is there.
  EXPECT_EQ(RunAnd({"sync", folder_.Path("in"), "trebol://photos", "--delete", "-j", "1"}, "33%",
                   [this] { std::filesystem::remove(folder_.Path("in/b")); }),
            1);
  EXPECT_THAT(err(), HasSubstr("in/b: "));
  EXPECT_THAT(err(), HasSubstr("No such file"));
  EXPECT_THAT(err(), HasSubstr("2 copied, 1 removed, 0 as they were, 1 not copied"));
  EXPECT_THAT(Keys(), ElementsAre("a", "c"));
}

TEST_F(SyncTest, AnObjectThatWasReplacedAfterTheListingIsNotRemoved) {
  gateway_.AddObject("photos", "p/a", "x");
  gateway_.AddObject("photos", "p/b", "x");
  gateway_.AddObject("photos", "p/c", "x");
  const auto client = client::Client::Create({.endpoint = gateway_.endpoint()});
  ASSERT_TRUE(client.ok());
  Console console("sync", environment_);
  auto side = ParseSyncSide("trebol://photos/p");
  ASSERT_TRUE(side.ok());
  std::vector<std::pair<std::string, absl::Status>> odd;
  ASSERT_TRUE(ReadDestination(*client, {}, SyncSide(), *side, &odd, console));
  gateway_.AddObject("photos", "p/a", "newer");
  ASSERT_TRUE(client->DeleteObject("photos", "p/c").ok());
  EXPECT_EQ(RemoveNames(*client, *side, {"a", "b", "c"}, /*quiet=*/false, 1, console), 2u);
  EXPECT_EQ(console.Finish(), kFailed);
  EXPECT_THAT(err(), HasSubstr("trebol://photos/p/a: stays: somebody else replaced"));
  EXPECT_THAT(Keys(), ElementsAre("p/a"));
}

}  // namespace
}  // namespace trebol::cli
