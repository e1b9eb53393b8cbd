// Interrupted copies of files that move in parts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/interrupted_copy.h"
#include "client/client.h"
#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kSize = 100 * kMiB;
constexpr uint64_t kPart = 16 * kMiB;
// Four parts are under way at a time, so that after these at least one is done.
constexpr char kFarEnough[] = " 70%";

class LargeCopyTest : public CliTest {
 protected:
  /// Bytes of which no two parts are the same.
  static std::string Pattern() {
    std::string bytes(kSize, '\0');
    for (size_t i = 0; i < kSize; i += 64) bytes[i] = static_cast<char>(i / kPart + i / 64 % 101);
    return bytes;
  }
  int RunInterrupted(const std::vector<std::string>& arguments) {
    const int code = RunAnd(arguments, kFarEnough, [this] { stop_.request_stop(); });
    stop_ = std::stop_source();
    environment_.stop = stop_.get_token();
    return code;
  }
  size_t Uploads() {
    const auto client = client::Client::Create({.endpoint = gateway_.endpoint()});
    return client->ListMultipartUploads({.bucket = "photos"})->uploads.size();
  }
};

TEST_F(LargeCopyTest, AnInterruptedUploadSaysHowToGoOnAndDoes) {
  const std::string path = folder_.Write("big", Pattern());
  EXPECT_EQ(RunInterrupted({"cp", path, "trebol://photos/big"}), 130);
  EXPECT_THAT(err(), HasSubstr(path + ": what was sent is kept; trebol cp --resume " + path +
                               " trebol://photos/big goes on with it; trebol rm --uploads "
                               "trebol://photos/big forgets it\n"));
  EXPECT_FALSE(gateway_.HasObject("photos", "big"));
  const uint64_t before = gateway_.BytesPutOnceQuiet();
  EXPECT_EQ(Run({"cp", "--resume", path, "trebol://photos/big"}), 0) << err();
  EXPECT_LE(gateway_.bytes_put() - before, kSize - kPart);
  EXPECT_TRUE(gateway_.DataOf("photos", "big") == Pattern());
  EXPECT_EQ(Uploads(), 0u);
}

TEST_F(LargeCopyTest, PartsOfAnotherFileAreSentAgain) {
  const std::string path = folder_.Write("big", Pattern());
  EXPECT_EQ(RunInterrupted({"cp", path, "trebol://photos/big"}), 130);
  folder_.Write("big", std::string(kSize, 'n'));
  EXPECT_EQ(Run({"cp", "--resume", path, "trebol://photos/big"}), 0) << err();
  EXPECT_TRUE(gateway_.DataOf("photos", "big") == std::string(kSize, 'n'));
}

TEST_F(LargeCopyTest, AnUploadThatIsRefusedIsNotKept) {
  const std::string path = folder_.Write("big", std::string(kSize, 'x'));
  gateway_.AddObject("photos", "big", "old");
  EXPECT_EQ(Run({"cp", "-n", path, "trebol://photos/big"}), 1);
  EXPECT_THAT(err(), Not(HasSubstr("kept")));
  EXPECT_EQ(Uploads(), 0u);
  EXPECT_EQ(gateway_.DataOf("photos", "big"), "old");
}

TEST_F(LargeCopyTest, AnInterruptedDownloadSaysHowToGoOnAndDoes) {
  gateway_.AddObject("photos", "big", Pattern());
  const std::string path = folder_.Path("it's big");
  EXPECT_EQ(RunInterrupted({"cp", "trebol://photos/big", path}), 130);
  EXPECT_THAT(err(), HasSubstr("what has come is kept beside it, as .trebol-part; trebol cp "
                               "--resume trebol://photos/big '" +
                               folder_.root() + "/it'\\''s big' goes on with it\n"));
  EXPECT_THAT(folder_.Names(), ElementsAre("it's big.trebol-part", "it's big.trebol-state"));
  const int calls = gateway_.calls();
  EXPECT_EQ(Run({"cp", "--resume", "trebol://photos/big", path}), 0) << err();
  EXPECT_LE(gateway_.calls() - calls, 2 + 6) << "two heads, and not all of seven ranges";
  EXPECT_THAT(folder_.Names(), ElementsAre("it's big"));
  EXPECT_TRUE(folder_.Read("it's big") == Pattern());
}

TEST_F(LargeCopyTest, WhatHasComeOfAnOlderVersionIsNotUsed) {
  gateway_.AddObject("photos", "big", Pattern());
  EXPECT_EQ(RunInterrupted({"cp", "trebol://photos/big", folder_.Path("big")}), 130);
  gateway_.AddObject("photos", "big", std::string(kSize, 'n'));
  EXPECT_EQ(Run({"cp", "--resume", "trebol://photos/big", folder_.Path("big")}), 0) << err();
  EXPECT_TRUE(folder_.Read("big") == std::string(kSize, 'n'));
  EXPECT_THAT(folder_.Names(), ElementsAre("big"));
}

TEST_F(LargeCopyTest, ADownloadThatCannotGoOnLeavesNothing) {
  gateway_.AddObject("photos", "big", std::string(kSize, 'x'));
  gateway_.CorruptGets();
  EXPECT_EQ(Run({"cp", "trebol://photos/big", folder_.Path("big")}), 1);
  EXPECT_THAT(err(), HasSubstr("CRC32C"));
  EXPECT_THAT(folder_.Names(), IsEmpty());
}

TEST_F(LargeCopyTest, AnInterruptedMoveRemovesNothingAndGoesOn) {
  const std::string path = folder_.Write("big", Pattern());
  const std::vector<std::string> move = {"mv", path, "trebol://photos/big"};
  EXPECT_EQ(RunInterrupted(move), 130);
  EXPECT_THAT(err(), HasSubstr("what was sent is kept; the same command goes on with it"));
  EXPECT_THAT(folder_.Names(), ElementsAre("big"));
  const uint64_t before = gateway_.BytesPutOnceQuiet();
  EXPECT_EQ(Run(move), 0) << err();
  EXPECT_LE(gateway_.bytes_put() - before, kSize - kPart);
  EXPECT_THAT(folder_.Names(), IsEmpty());
}

TEST_F(LargeCopyTest, AnInterruptedSyncGoesOnWithinAFile) {
  folder_.Write("in/big", Pattern());
  const std::vector<std::string> sync = {"sync", folder_.Path("in"), "trebol://photos"};
  EXPECT_EQ(RunInterrupted(sync), 130);
  EXPECT_THAT(err(), HasSubstr("the same command goes on with it"));
  EXPECT_THAT(err(), Not(HasSubstr("as they were")));
  const uint64_t before = gateway_.BytesPutOnceQuiet();
  EXPECT_EQ(Run(sync), 0) << err();
  EXPECT_LE(gateway_.bytes_put() - before, kSize - kPart);
  EXPECT_TRUE(gateway_.DataOf("photos", "big") == Pattern());
}

TEST(InterruptedCopy, KeepsWhatMayGoOn) {
  EXPECT_TRUE(StaysForResume(absl::CancelledError(""), false));
  EXPECT_TRUE(StaysForResume(absl::UnavailableError(""), false));
  EXPECT_FALSE(StaysForResume(absl::ResourceExhaustedError("disk full"), false));
  EXPECT_TRUE(StaysForResume(absl::ResourceExhaustedError("disk full"), true));
  EXPECT_FALSE(StaysForResume(absl::AbortedError("another version"), true));
}

TEST(InterruptedCopy, WordsAreQuotedForAShell) {
  EXPECT_EQ(ShellWord("trebol://b/k-1_2.txt"), "trebol://b/k-1_2.txt");
  EXPECT_EQ(ShellWord("a b"), "'a b'");
  EXPECT_EQ(ShellWord("$(x)"), "'$(x)'");
  EXPECT_EQ(ShellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellWord(""), "''");
}

}  // namespace
}  // namespace trebol::cli
