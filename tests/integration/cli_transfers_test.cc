// The command line on a cluster of real processes: interrupted copies of large files go on where
// they were, and two sides are made the same with real files.
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/http/http_client.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/process.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint64_t kFileSize = 400'000'001;
constexpr int kPieces = 24;   // of 16 MiB
constexpr int kParallel = 4;  // pieces that a kill can cut off

class CliTransfers : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
  }

  /// How many calls of a method the gateway answered with OK.
  int Answered(const std::string& method) {
    const auto page = HttpGet(cluster().AdminEndpoint("gateway-0"), "/metrics", absl::Seconds(10));
    EXPECT_TRUE(page.ok()) << page.status();
    int answered = 0;
    for (absl::string_view line : absl::StrSplit(page->body, '\n')) {
      if (!absl::StrContains(line, "trebol_gateway_requests_total{")) continue;
      if (!absl::StrContains(line, absl::StrCat("\"", method, "\""))) continue;
      if (!absl::StrContains(line, "\"ok\"")) continue;
      double count = 0;
      EXPECT_TRUE(absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &count));
      answered += static_cast<int>(count);
    }
    return answered;
  }

  /// Runs `trebol ARGUMENTS` and signals it once `far_enough`. What it said is in its log.
  void EndOnceBegun(int signal, std::vector<std::string> arguments,
                    const std::function<bool()>& far_enough) {
    arguments.insert(arguments.begin(), testing::ProgramPath("trebol"));
    ProcessSpec spec{.argv = arguments};
    spec.environment = {absl::StrCat("TREBOL_ENDPOINT=", cluster().Endpoint("gateway-0"))};
    spec.log_file = ended_log();
    auto process = Process::Start(spec);
    ASSERT_TRUE(process.ok()) << process.status();
    EXPECT_TRUE(Await("some pieces", [&] {
      return far_enough() || process->GetState() == Process::State::kGone;
    }));
    EXPECT_EQ(process->GetState(), Process::State::kRunning) << "it was too quick to be ended";
    (void)process->Signal(signal);
    EXPECT_TRUE(process->WaitGone(kPatience).ok());
  }
  std::string ended_log() const { return dir() + "/ended.log"; }
};

TEST_F(CliTransfers, KilledCopiesGoOnWhereTheyWere) {
  const std::string path = dir() + "/file";
  std::ofstream(path, std::ios::binary) << testing::MadeBytes{.seed = 4, .size = kFileSize}.All();
  // Nothing prepares the first for being killed.
  EndOnceBegun(SIGKILL, {"cp", path, "trebol://bucket/file"},
               [this] { return Answered("UploadPart") >= 5; });
  EXPECT_FALSE(client().HeadObject("bucket", "file").ok());
  const int sent = Answered("UploadPart");
  const auto again = Cli({"cp", "--resume", path, "trebol://bucket/file"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_LE(Answered("UploadPart"), kPieces + kParallel);
  EXPECT_LE(Answered("UploadPart") - sent, kPieces - 5) << "what was there was sent again";

  const std::string copy = dir() + "/copy";
  const int before = Answered("GetObject");
  EndOnceBegun(SIGKILL, {"cp", "trebol://bucket/file", copy},
               [&] { return Answered("GetObject") >= before + 5; });
  EXPECT_FALSE(std::filesystem::exists(copy));
  const auto finished = Cli({"cp", "--resume", "trebol://bucket/file", copy});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_LE(Answered("GetObject") - before, kPieces + kParallel + 1);
  EXPECT_TRUE(testing::ContentsOf(path) == testing::ContentsOf(copy));
  // Nothing of the attempts is left beside it, or at the server.
  for (const auto& entry : std::filesystem::directory_iterator(dir())) {
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("trebol-")));
  }
  EXPECT_EQ(Cli({"ls", "--uploads", "trebol://bucket"}).out, "");
}

TEST_F(CliTransfers, ANodeThatDiesInTheMiddleStopsNeitherWay) {
  ASSERT_TRUE(AwaitAllCopies("bucket"));
  const std::string path = dir() + "/file";
  const std::string copy = dir() + "/copy";
  std::ofstream(path, std::ios::binary) << testing::MadeBytes{.seed = 5, .size = kFileSize}.All();
  const auto copy_while_dying = [this](const std::string& from, const std::string& to,
                                       const std::string& method, const std::string& node) {
    const int before = Answered(method);
    testing::ProgramResult result;
    std::thread copying([&] { result = Cli({"cp", from, to}); });
    int pieces = 0;
    EXPECT_TRUE(Await("some pieces", [&] {
      pieces = Answered(method) - before;
      return pieces >= 5;
    }));
    EXPECT_TRUE(cluster().Kill(node).ok());
    EXPECT_LT(pieces, kPieces) << "it was too quick";
    copying.join();
    EXPECT_EQ(result.exit_code, 0) << result.err;
  };
  copy_while_dying(path, "trebol://bucket/file", "UploadPart", "storage-0");
  ASSERT_TRUE(cluster().Restart("storage-0").ok());
  ASSERT_TRUE(AwaitHealth("healthy"));
  // Of what came while the first was dead, one copy is left now.
  copy_while_dying("trebol://bucket/file", copy, "GetObject", "storage-1");
  EXPECT_TRUE(testing::ContentsOf(path) == testing::ContentsOf(copy));
}

TEST_F(CliTransfers, AnInterruptSaysWhichCommandGoesOn) {
  const std::string path = dir() + "/file";
  std::ofstream(path, std::ios::binary) << testing::MadeBytes{.seed = 4, .size = kFileSize}.All();
  EndOnceBegun(SIGINT, {"cp", path, "trebol://bucket/file"},
               [this] { return Answered("UploadPart") >= 5; });
  const std::string said = testing::ContentsOf(ended_log());
  EXPECT_THAT(said, HasSubstr(absl::StrCat("what was sent is kept; trebol cp --resume ", path,
                                           " trebol://bucket/file goes on with it")));
  EXPECT_THAT(Cli({"ls", "--uploads", "trebol://bucket"}).out, HasSubstr("  file\n"));
  const int sent = Answered("UploadPart");
  EXPECT_EQ(Cli({"cp", "--resume", path, "trebol://bucket/file"}).exit_code, 0);
  EXPECT_LE(Answered("UploadPart") - sent, kPieces - 5);
  const auto info = client().HeadObject("bucket", "file");
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->size, kFileSize);

  // The other way: forget it instead.
  EndOnceBegun(SIGINT, {"mv", path, "trebol://bucket/other"},
               [&] { return Answered("UploadPart") >= kPieces + 5; });
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(Cli({"rm", "--uploads", "--yes", "trebol://bucket/other"}).exit_code, 0);
  EXPECT_EQ(Cli({"ls", "--uploads", "trebol://bucket"}).out, "");
}

TEST_F(CliTransfers, ANewerFileIsNotMixedWithWhatWasSentOfTheOld) {
  const std::string path = dir() + "/file";
  std::ofstream(path, std::ios::binary) << testing::MadeBytes{.seed = 4, .size = kFileSize}.All();
  EndOnceBegun(SIGKILL, {"cp", path, "trebol://bucket/file"},
               [this] { return Answered("UploadPart") >= 3; });
  std::ofstream(path, std::ios::binary) << testing::MadeBytes{.seed = 5, .size = kFileSize}.All();
  EXPECT_EQ(Cli({"cp", "--resume", path, "trebol://bucket/file"}).exit_code, 0);
  EXPECT_EQ(Cli({"cp", "trebol://bucket/file", dir() + "/copy"}).exit_code, 0);
  EXPECT_TRUE(testing::ContentsOf(path) == testing::ContentsOf(dir() + "/copy"));
}

TEST_F(CliTransfers, SyncGoesThereAndBack) {
  const std::string tree = dir() + "/tree";
  std::filesystem::create_directories(tree + "/a/b");
  for (int i = 0; i < 300; ++i) {
    std::ofstream(absl::StrCat(tree, i % 3 == 0 ? "/a/b/" : "/a/", i))
        << testing::MadeBytes{.seed = 100u + static_cast<uint64_t>(i),
                              .size = static_cast<uint64_t>(i) * 1000}
               .All();
  }
  const auto up = Cli({"sync", tree, "trebol://bucket/t", "--delete"});
  EXPECT_EQ(up.exit_code, 0) << up.err;
  EXPECT_THAT(up.err, HasSubstr("300 copied, 0 removed, 0 as they were"));
  std::filesystem::remove(tree + "/a/b/3");
  std::ofstream(tree + "/a/1", std::ios::app) << "more";
  const auto second = Cli({"sync", tree, "trebol://bucket/t", "--delete"});
  EXPECT_THAT(second.err, HasSubstr("1 copied, 1 removed, 298 as they were"));
  const auto down = Cli({"sync", "trebol://bucket/t", dir() + "/back", "-q"});
  EXPECT_EQ(down.exit_code, 0) << down.err;
  const auto same = testing::RunProgram({"/usr/bin/diff", "-r", tree, dir() + "/back"});
  EXPECT_EQ(same.exit_code, 0) << same.out;
  const auto moved = Cli({"mv", "-r", "trebol://bucket/t/", "trebol://bucket/u/"});
  EXPECT_EQ(moved.exit_code, 0) << moved.err;
  const auto sum = Cli({"du", "--json", "trebol://bucket"});
  EXPECT_THAT(sum.out, HasSubstr("\"objects\":299"));
}

TEST_F(CliTransfers, SyncRemovesOnlyBelowItsDestination) {
  const std::string back = dir() + "/back";
  std::filesystem::create_directories(back + "/old/deep");
  std::filesystem::create_directories(dir() + "/precious");
  std::ofstream(dir() + "/precious/file") << "1";
  std::ofstream(back + "/old/deep/file") << "2";
  std::filesystem::create_directory_symlink(dir() + "/precious", back + "/link");
  for (const char* key : {"t/a", "t/b/c", "u/a", "u/x", "v"}) {
    ASSERT_TRUE(client().PutObject("bucket", key, key).ok());
  }
  const auto down = Cli({"sync", "trebol://bucket/t", back, "--delete", "--exclude", "link/"});
  EXPECT_EQ(down.exit_code, 0) << down.err;
  EXPECT_THAT(down.err, HasSubstr("2 copied, 1 removed, 0 as they were"));
  EXPECT_FALSE(std::filesystem::exists(back + "/old"));
  EXPECT_EQ(testing::ContentsOf(dir() + "/precious/file"), "1");
  EXPECT_EQ(testing::ContentsOf(back + "/b/c"), "t/b/c");

  const auto preview = Cli({"sync", "trebol://bucket/t", "trebol://bucket/u", "--delete", "-n"});
  EXPECT_THAT(preview.out, HasSubstr("remove  trebol://bucket/u/x\n"));
  const auto across = Cli({"sync", "trebol://bucket/t", "trebol://bucket/u", "--delete"});
  EXPECT_EQ(across.exit_code, 0) << across.err;
  EXPECT_THAT(across.err, HasSubstr("2 copied, 1 removed, 0 as they were"));
  const auto keys = Cli({"ls", "-r", "--json", "trebol://bucket"});
  EXPECT_THAT(keys.out, HasSubstr("\"key\":\"u/b/c\""));
  EXPECT_THAT(keys.out, Not(HasSubstr("u/x")));
  EXPECT_THAT(keys.out, HasSubstr("\"key\":\"v\""));
}

TEST_F(CliTransfers, VersionsAndTagsOfFiles) {
  const std::string path = dir() + "/note";
  const std::string url = "trebol://bucket/note";
  ASSERT_EQ(Cli({"bucket", "versioning", "trebol://bucket", "enabled"}).exit_code, 0);
  std::ofstream(path) << "first";
  ASSERT_EQ(Cli({"cp", "--tag", "n=1", "--cache-control", "no-store", path, url}).exit_code, 0);
  const std::string first = client().HeadObject("bucket", "note")->version;
  std::ofstream(path) << "second";
  ASSERT_EQ(Cli({"cp", "--tag", "n=2", path, url}).exit_code, 0);
  EXPECT_EQ(Cli({"cp", "-n", path, url}).exit_code, 1);
  EXPECT_EQ(Cli({"cat", url}).out, "second");
  EXPECT_EQ(Cli({"cat", "--version", first, url}).out, "first");
  EXPECT_EQ(Cli({"tag", "--version", first, url}).out, "n=1\n");
  EXPECT_EQ(Cli({"tag", url, "n=3", "place=Tarifa"}).exit_code, 0);
  EXPECT_THAT(Cli({"stat", url}).out, HasSubstr("place=Tarifa"));
  EXPECT_THAT(Cli({"stat", "--version", first, url}).out, HasSubstr("cache control: no-store"));

  // Moved away, restored from what it was, removed for good.
  EXPECT_EQ(Cli({"mv", url, "trebol://bucket/moved"}).exit_code, 0);
  EXPECT_EQ(Cli({"tag", "trebol://bucket/moved"}).out, "n=3\nplace=Tarifa\n");
  EXPECT_EQ(Cli({"cat", url}).exit_code, 3);
  EXPECT_THAT(Cli({"ls", "--versions", "--json", url}).out,
              HasSubstr("\"type\":\"delete_marker\""));
  EXPECT_EQ(Cli({"cp", "--version", first, url, url}).exit_code, 0);
  EXPECT_EQ(Cli({"cat", url}).out, "first");
  EXPECT_THAT(Cli({"du", "--json", "--all-versions", "trebol://bucket"}).out,
              HasSubstr("\"size\":22,\"objects\":4"));
  EXPECT_EQ(Cli({"rm", "--all-versions", "--yes", url}).exit_code, 0);
  EXPECT_EQ(Cli({"ls", "--versions", url}).exit_code, 3);

  // What keeps a bucket from being removed, seen and unseen.
  ASSERT_TRUE(client().CreateMultipartUpload("bucket", "begun").ok());
  EXPECT_THAT(Cli({"ls", "--uploads", "trebol://bucket"}).out, HasSubstr("  begun\n"));
  EXPECT_EQ(Cli({"rb", "trebol://bucket"}).exit_code, 1);
  const auto removed = Cli({"rb", "--force", "trebol://bucket"});
  EXPECT_EQ(removed.exit_code, 0) << removed.err;
}

}  // namespace
}  // namespace trebol
