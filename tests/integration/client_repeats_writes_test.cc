// A gateway is killed and started again under a client that writes: its calls are repeated with the
// same operation id, and every one of them takes effect exactly once.
#include <atomic>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using client::Preconditions;

constexpr int kDeaths = 4;

class ClientRepeatsWrites : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
    ASSERT_TRUE(AwaitAllCopies("bucket"));
  }

  /// One that is as patient as a gateway needs to start.
  client::Client PatientClient() {
    return *client::Client::Create(
        {.endpoint = cluster().GatewayEndpoints()[0], .timeout = kPatience, .max_attempts = 100});
  }

  /// Kills the gateway again and again while `busy`, with some calls in between.
  void KillGateway(const std::atomic<bool>& busy, const std::atomic<int>& progress) {
    for (int death = 0; death < kDeaths && busy; ++death) {
      const int before = progress;
      ASSERT_TRUE(Await("progress", [&] { return progress >= before + 20 || !busy; }));
      ASSERT_TRUE(cluster().Kill("gateway-0").ok());
      ASSERT_TRUE(cluster().Restart("gateway-0").ok());
    }
  }
};

TEST_F(ClientRepeatsWrites, AChainOfConditionalWritesNeverMeetsItself) {
  std::atomic<bool> busy = true;
  std::atomic<int> written = 0;
  absl::Status failed;
  std::thread writer([&] {
    const client::Client client = PatientClient();
    Preconditions unchanged = Preconditions::IfAbsent();
    // Each is allowed by the one before alone. A repeat that were a new call would be refused.
    for (int i = 1; busy; ++i) {
      const auto put =
          client.PutObject("bucket", "chain", absl::StrCat(i), {.preconditions = unchanged});
      if (!put.ok()) {
        failed = put.status();
        break;
      }
      unchanged = Preconditions::IfMatch(put->etag);
      ++written;
    }
    busy = false;
  });
  KillGateway(busy, written);
  busy = false;
  writer.join();
  EXPECT_TRUE(failed.ok()) << failed << " after " << written << " writes";
  std::cout << written << " writes through " << kDeaths << " deaths" << std::endl;
  EXPECT_GE(written, 20 * kDeaths);
  std::string last;
  ASSERT_TRUE(client()
                  .GetObject("bucket", "chain",
                             [&last](absl::string_view bytes) {
                               last.append(bytes.data(), bytes.size());
                               return absl::OkStatus();
                             })
                  .ok());
  EXPECT_EQ(last, absl::StrCat(written.load()));
}

TEST_F(ClientRepeatsWrites, AFileGoesUpAndComesDown) {
  const std::string bytes = testing::MadeBytes{.seed = 9, .size = (160 << 20) + 12'345}.All();
  std::ofstream(dir() + "/file", std::ios::binary) << bytes;
  const client::Client client = PatientClient();
  std::atomic<bool> busy = true;
  std::atomic<int> moved = 0;
  const auto count = [&moved](uint64_t, uint64_t) { ++moved; };
  absl::Status up;
  absl::Status down;
  std::thread mover([&] {
    up = client
             .UploadFile(dir() + "/file", "bucket", "file",
                         {.multipart_threshold = 0, .part_size = 8 << 20, .progress = count})
             .status();
    if (up.ok()) {
      down = client
                 .DownloadFile("bucket", "file", dir() + "/copy",
                               {.range_size = 8 << 20, .progress = count})
                 .status();
    }
    busy = false;
  });
  KillGateway(busy, moved);
  mover.join();
  EXPECT_TRUE(up.ok()) << up;
  EXPECT_TRUE(down.ok()) << down;
  EXPECT_TRUE(testing::ContentsOf(dir() + "/copy") == bytes);
  const auto left = client.ListMultipartUploads({.bucket = "bucket"});
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_TRUE(left->uploads.empty());
}

}  // namespace
}  // namespace trebol
