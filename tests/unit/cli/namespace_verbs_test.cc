#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client.h"
#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class NamespaceVerbsTest : public CliTest {
 protected:
  std::vector<std::string> Keys() const { return gateway_.Keys("photos"); }
};

TEST_F(NamespaceVerbsTest, DuAddsUp) {
  gateway_.AddObject("photos", "a/1", "123");
  gateway_.AddObject("photos", "a/b/2", "4567");
  gateway_.AddObject("photos", "c", "89");
  EXPECT_EQ(Run({"du", "--json", "-d", "1", "trebol://photos"}), 0) << err();
  EXPECT_EQ(out(),
            "{\"type\":\"sum\",\"key\":\"\",\"size\":9,\"objects\":3}\n"
            "{\"type\":\"sum\",\"key\":\"a/\",\"size\":7,\"objects\":2}\n");
  EXPECT_EQ(Run({"du", "trebol://photos/a"}), 0);
  EXPECT_THAT(out(), HasSubstr("7         2  trebol://photos/a\n"));
  EXPECT_EQ(Run({"du", "-sh", "trebol://photos"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("9 B         3  trebol://photos\n"));
  EXPECT_EQ(Run({"du", "-s", "-d", "1", "trebol://photos"}), 2);
  EXPECT_EQ(Run({"du", "trebol://photos/none"}), 3);
  EXPECT_EQ(Run({"du", "trebol://nowhere"}), 3);
}

TEST_F(NamespaceVerbsTest, DuCountsOlderVersionsWhenTold) {
  EXPECT_EQ(Run({"bucket", "versioning", "trebol://photos", "enabled"}), 0);
  gateway_.AddObject("photos", "a", "123");
  gateway_.AddObject("photos", "a", "4567");
  EXPECT_EQ(Run({"rm", "trebol://photos/a"}), 0);
  EXPECT_EQ(Run({"du", "--json", "trebol://photos"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"size\":0,\"objects\":0"));
  EXPECT_EQ(Run({"du", "--json", "--all-versions", "trebol://photos"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"size\":7,\"objects\":2"));
}

TEST_F(NamespaceVerbsTest, TagsOfAVersionAreItsOwn) {
  EXPECT_EQ(Run({"bucket", "versioning", "trebol://photos", "enabled"}), 0);
  EXPECT_EQ(Run({"cp", "--tag", "n=1", "-", "trebol://photos/a"}, "one"), 0) << err();
  EXPECT_EQ(Run({"stat", "--json", "trebol://photos/a"}), 0);
  const size_t at = out().find("\"version\":\"") + 11;
  const std::string first = out().substr(at, out().find('"', at) - at);
  EXPECT_EQ(Run({"cp", "--tag", "n=2", "-", "trebol://photos/a"}, "two"), 0) << err();
  EXPECT_EQ(Run({"tag", "--version", first, "trebol://photos/a", "n=0"}), 0) << err();
  EXPECT_EQ(Run({"tag", "--version", first, "trebol://photos/a"}), 0);
  EXPECT_EQ(out(), "n=0\n");
  EXPECT_EQ(Run({"tag", "trebol://photos/a"}), 0);
  EXPECT_EQ(out(), "n=2\n");
  EXPECT_EQ(Run({"stat", "--version", first, "trebol://photos/a"}), 0);
  EXPECT_THAT(out(), HasSubstr("tag:           n=0\n"));
}

TEST_F(NamespaceVerbsTest, TagsAreShownSetAndCleared) {
  gateway_.AddObject("photos", "a", "x");
  EXPECT_EQ(Run({"tag", "trebol://photos/a", "k=v", "n="}), 0) << err();
  EXPECT_EQ(Run({"tag", "trebol://photos/a"}), 0);
  EXPECT_EQ(out(), "k=v\nn=\n");
  EXPECT_EQ(Run({"tag", "trebol://photos/a", "--clear"}), 0);
  EXPECT_EQ(Run({"tag", "trebol://photos/a"}), 0);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(Run({"tag", "trebol://photos/a", "novalue"}), 2);
  EXPECT_THAT(err(), HasSubstr("'novalue' is not NAME=VALUE"));
  EXPECT_EQ(Run({"tag", "trebol://photos/a", "--clear", "k=v"}), 2);
  EXPECT_EQ(Run({"tag", "trebol://photos/a", "k=1", "k=2"}), 2);
  EXPECT_THAT(err(), HasSubstr("'k' is given twice"));
  EXPECT_EQ(Run({"tag", "trebol://photos/none"}), 3);
  EXPECT_EQ(Run({"bucket", "tag", "trebol://photos", "team=blue"}), 0) << err();
  EXPECT_EQ(Run({"bucket", "tag", "trebol://photos"}), 0);
  EXPECT_EQ(out(), "team=blue\n");
}

TEST_F(NamespaceVerbsTest, VersionsAreListedReadAndRemoved) {
  EXPECT_EQ(Run({"bucket", "versioning", "trebol://photos"}), 0);
  EXPECT_EQ(out(), "unversioned\n");
  EXPECT_EQ(Run({"bucket", "versioning", "trebol://photos", "on"}), 2);
  EXPECT_EQ(Run({"bucket", "versioning", "trebol://photos", "enabled"}), 0) << err();
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a"}, "one"), 0) << err();
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a"}, "two"), 0) << err();
  EXPECT_EQ(Run({"rm", "trebol://photos/a"}), 0) << err();
  EXPECT_EQ(Run({"cat", "trebol://photos/a"}), 3);
  EXPECT_EQ(Run({"ls", "--versions", "--json", "trebol://photos"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("\"type\":\"delete_marker\""));
  // The oldest is the last line.
  const size_t at = out().rfind("\"version\":\"") + 11;
  const std::string oldest = out().substr(at, out().find('"', at) - at);
  EXPECT_EQ(Run({"cat", "--version", oldest, "trebol://photos/a"}), 0) << err();
  EXPECT_EQ(out(), "one");
  EXPECT_EQ(Run({"cp", "--version", oldest, "trebol://photos/a", "trebol://photos/b"}), 0) << err();
  EXPECT_EQ(gateway_.DataOf("photos", "b"), "one");
  EXPECT_EQ(Run({"rm", "--all-versions", "trebol://photos/a"}), 2) << "nobody was there to ask";
  EXPECT_EQ(Run({"rm", "--all-versions", "--yes", "trebol://photos/a"}), 0) << err();
  EXPECT_EQ(Run({"ls", "--versions", "trebol://photos"}), 0);
  EXPECT_THAT(out(), Not(HasSubstr("  a  ")));
  EXPECT_EQ(Run({"rb", "--force", "trebol://photos"}), 0) << err();
  EXPECT_FALSE(gateway_.HasBucket("photos"));
}

TEST_F(NamespaceVerbsTest, VersionsThatAreNotThereAreNotFound) {
  gateway_.AddObject("photos", "ab", "x");
  EXPECT_EQ(Run({"ls", "--versions", "trebol://photos/none"}), 3);
  EXPECT_EQ(Run({"ls", "--versions"}), 2);
  EXPECT_THAT(err(), HasSubstr("--versions is about a bucket; name it: trebol://BUCKET"));
  EXPECT_EQ(Run({"rm", "--all-versions", "--yes", "trebol://photos/a"}), 3) << "ab is another";
  EXPECT_EQ(Run({"rm", "--all-versions", "--yes", "-f", "trebol://photos/a"}), 0);
  EXPECT_EQ(Run({"rm", "--version", "none", "trebol://photos/ab"}), 3);
  EXPECT_EQ(Run({"stat", "--version", "none", "trebol://photos/ab"}), 3);
  EXPECT_EQ(Run({"stat", "--version", "none", "trebol://photos"}), 2);
  EXPECT_EQ(Run({"rm", "-r", "--version", "none", "trebol://photos/ab"}), 2);
  EXPECT_EQ(Run({"rm", "--uploads", "--all-versions", "trebol://photos/ab"}), 2);
  EXPECT_THAT(gateway_.Keys("photos"), ElementsAre("ab"));
}

TEST_F(NamespaceVerbsTest, UnfinishedUploadsAreListedAndForgotten) {
  const auto client = client::Client::Create({.endpoint = gateway_.endpoint()});
  ASSERT_TRUE(client.ok());
  for (const char* key : {"dir/a", "dir/b", "dir/bc"}) {
    ASSERT_TRUE(client->CreateMultipartUpload("photos", key).ok());
  }
  EXPECT_EQ(Run({"ls", "--uploads", "trebol://photos/dir/a"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("  dir/a\n"));
  EXPECT_EQ(Run({"ls", "--uploads", "--json", "trebol://photos"}), 0);
  EXPECT_THAT(out(), HasSubstr("{\"type\":\"upload\",\"key\":\"dir/b\""));
  EXPECT_EQ(Run({"rb", "trebol://photos"}), 1);
  EXPECT_THAT(err(), HasSubstr("unfinished uploads, too"));
  EXPECT_EQ(Run({"rm", "--uploads", "trebol://photos/dir/b"}), 2);
  EXPECT_THAT(err(),
              HasSubstr("say --yes to remove all unfinished uploads of trebol://photos/dir/b"));
  EXPECT_EQ(Run({"rm", "--uploads", "--yes", "trebol://photos/dir/b"}), 0) << err();
  EXPECT_EQ(Run({"rm", "--uploads", "--yes", "trebol://photos/dir/b"}), 3);
  EXPECT_EQ(Run({"ls", "--uploads", "trebol://photos/dir/bc"}), 0) << "that is another";
  EXPECT_EQ(Run({"rm", "-r", "--uploads", "--yes", "trebol://photos/dir"}), 0) << err();
  EXPECT_EQ(Run({"ls", "--uploads", "trebol://photos/dir/"}), 3);
  EXPECT_EQ(Run({"rb", "trebol://photos"}), 0) << err();
}

TEST_F(NamespaceVerbsTest, StatOfABucketShowsItsVersioningAndTags) {
  EXPECT_EQ(Run({"bucket", "versioning", "trebol://photos", "suspended"}), 0) << err();
  EXPECT_EQ(Run({"bucket", "tag", "trebol://photos", "team=blue"}), 0);
  EXPECT_EQ(Run({"stat", "trebol://photos"}), 0);
  EXPECT_THAT(out(), HasSubstr("versioning:    suspended\ntag:           team=blue\n"));
  EXPECT_EQ(Run({"stat", "--json", "trebol://photos"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"versioning\":\"suspended\",\"tags\":{\"team\":\"blue\"}"));
  EXPECT_EQ(Run({"bucket", "versioning", "photos"}), 2);
  EXPECT_THAT(err(), HasSubstr("'photos' is not a URL; write trebol://photos"));
}

TEST_F(NamespaceVerbsTest, CompletionScriptsNameEveryVerb) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_EQ(Run({"completion", shell}), 0) << err();
    for (const char* verb : {"sync", "bucket", "completion", "server"}) {
      EXPECT_THAT(out(), HasSubstr(verb)) << shell;
    }
  }
  EXPECT_EQ(Run({"completion", "tcsh"}), 2);
}

}  // namespace
}  // namespace trebol::cli
