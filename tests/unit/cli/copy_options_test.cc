#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;

using CopyOptionsTest = CliTest;

TEST_F(CopyOptionsTest, WhatIsThereStaysWhenTold) {
  gateway_.AddObject("photos", "a", "old");
  EXPECT_EQ(Run({"cp", "-n", "-", "trebol://photos/a"}, "new"), 1);
  EXPECT_EQ(gateway_.DataOf("photos", "a"), "old");
  EXPECT_EQ(Run({"cp", "--tag", "k=v", "-", "trebol://photos/b"}, "new"), 0) << err();
  EXPECT_EQ(Run({"tag", "trebol://photos/b"}), 0);
  EXPECT_EQ(out(), "k=v\n");
}

TEST_F(CopyOptionsTest, ObjectsGetHeadersAndCopiesKeepThem) {
  EXPECT_EQ(
      Run({"cp", "-", "trebol://photos/a", "--cache-control", "no-store", "--content-disposition",
           "inline", "--content-encoding", "gzip", "--content-language", "es", "--expires", "0"},
          "x"),
      0)
      << err();
  EXPECT_EQ(Run({"cp", "trebol://photos/a", "trebol://photos/b", "--cache-control", "private"}), 0);
  EXPECT_EQ(Run({"stat", "trebol://photos/b"}), 0);
  EXPECT_THAT(out(), HasSubstr("cache control: private\n"));
  EXPECT_THAT(out(), HasSubstr("disposition:   inline\n"));
  EXPECT_THAT(out(), HasSubstr("encoding:      gzip\n"));
  EXPECT_THAT(out(), HasSubstr("language:      es\n"));
  EXPECT_THAT(out(), HasSubstr("expires:       0\n"));
  const std::string path = folder_.Write("f.txt", "x");
  EXPECT_EQ(Run({"cp", path, "trebol://photos/c", "--cache-control", "no-cache"}), 0) << err();
  EXPECT_EQ(Run({"stat", "--json", "trebol://photos/c"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"cache_control\":\"no-cache\""));
}

TEST_F(CopyOptionsTest, ConditionsAreAboutTheObjectThatIsThere) {
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a", "--if-match", "*"}, "1"), 3) << "there is none";
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a", "--if-none-match", "*"}, "1"), 0) << err();
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a", "--if-none-match", "*"}, "2"), 1);
  EXPECT_EQ(Run({"stat", "--json", "trebol://photos/a"}), 0);
  const size_t at = out().find("\"etag\":\"") + 8;
  const std::string etag = out().substr(at, out().find('"', at) - at);
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a", "--if-match", etag}, "3"), 0) << err();
  EXPECT_EQ(Run({"cp", "-", "trebol://photos/a", "--if-match", etag}, "4"), 1) << "it is another";
  EXPECT_EQ(gateway_.DataOf("photos", "a"), "3");
}

TEST_F(CopyOptionsTest, OptionsThatMeanNothingHereAreRefused) {
  gateway_.AddObject("photos", "a", "x");
  const std::string file = folder_.Path("file");
  for (const std::vector<std::string>& option :
       std::vector<std::vector<std::string>>{{"--content-type", "x/y"},
                                             {"--metadata", "a=b"},
                                             {"--tag", "a=b"},
                                             {"--cache-control", "x"},
                                             {"--if-match", "x"},
                                             {"--if-none-match", "*"}}) {
    EXPECT_EQ(Run({"cp", "trebol://photos/a", file, option[0], option[1]}), 2);
    EXPECT_THAT(err(), HasSubstr(option[0] + " is about objects, and " + file + " will be none"));
  }
  folder_.Write("file", "x");
  EXPECT_EQ(Run({"cp", "--version", "1", file, "trebol://photos/a"}), 2);
  EXPECT_EQ(Run({"cp", "--if-match", "x", file, file, "trebol://photos/d/"}), 2);
  EXPECT_THAT(err(), HasSubstr("-n goes with any"));
}

TEST_F(CopyOptionsTest, WhatIsStoredIsComparedWithWhatWasSent) {
  const std::string file = folder_.Write("file", "x");
  gateway_.CorruptPutAnswers();
  EXPECT_EQ(Run({"cp", file, "trebol://photos/a"}), 1);
  EXPECT_THAT(err(), HasSubstr(file + ": "));
  EXPECT_THAT(err(), HasSubstr("CRC32C"));
  gateway_.AddObject("photos", "b", "bytes");
  gateway_.CorruptGets();
  EXPECT_EQ(Run({"cp", "trebol://photos/b", "-"}), 1);
  EXPECT_THAT(err(), HasSubstr("trebol://photos/b: "));
  EXPECT_THAT(err(), HasSubstr("CRC32C"));
}

}  // namespace
}  // namespace trebol::cli
