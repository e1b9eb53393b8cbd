// Chunks of an upload that was cut off go: those of a gateway that died within a minute of its
// session's end, those of a client that disappeared at once. `garbage_bytes` shows it.
#include <future>

#include "absl/time/clock.h"
#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

constexpr uint64_t kBefore = 6 * kMiB;  // sent before the cut: a whole chunk and a half

/// Takes an object in small pieces.
class SlowReader {
 public:
  explicit SlowReader(absl::StatusOr<client::ObjectReader> reader) : reader_(std::move(reader)) {
    EXPECT_TRUE(reader_.ok()) << reader_.status();
  }
  bool TakeSome() {
    std::string part(16 << 10, '\0');
    const auto taken = reader_->Read(part.data(), part.size());
    EXPECT_TRUE(taken.ok()) << taken.status();
    if (!taken.ok()) return false;
    bytes_.append(part, 0, *taken);
    return *taken > 0;
  }
  const std::string& TakeAll() {
    while (TakeSome()) {
    }
    return bytes_;
  }

 private:
  absl::StatusOr<client::ObjectReader> reader_;
  std::string bytes_;
};

class CutUpload : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
    ASSERT_TRUE(AwaitAllCopies("bucket"));
    ASSERT_TRUE(client().PutObject("bucket", "kept", kept_.Source()).ok());
    ASSERT_TRUE(AwaitStatus("the kept object's copies",
                            [this](const auto& s) { return ChunkBytes(s) == 3 * kept_.size; }));
  }

  /// An upload that sends some chunks and then nothing until the stop is requested.
  std::future<absl::Status> BeginUpload(std::stop_source stop) {
    return std::async(std::launch::async, [this, stop] {
      auto client = client::Client::Create(
          {.endpoint = cluster().GatewayEndpoints()[0], .stop = stop.get_token()});
      const testing::MadeBytes body{.seed = 2, .size = uint64_t{1} << 40};
      const auto source = [body, sent = uint64_t{0}, stop](
                              char* to, size_t room) mutable -> absl::StatusOr<size_t> {
        if (sent < kBefore) {
          const size_t n = std::min<uint64_t>(room, kBefore - sent);
          body.Fill(sent, to, n);
          sent += n;
          return n;
        }
        while (!stop.stop_requested()) absl::SleepFor(absl::Milliseconds(10));
        return absl::CancelledError("the client goes");
      };
      return client->PutObject("bucket", "cut", source).status();
    });
  }

  bool AwaitChunksOfUpload() {
    return AwaitStatus("a chunk of the upload on three nodes", [this](const auto& s) {
      return ChunkBytes(s) == 3 * (kept_.size + 4 * kMiB);
    });
  }

  uint64_t GarbageBytes() {
    const auto result = Cli({"cluster", "status", "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const auto status = nlohmann::json::parse(result.out, nullptr, false);
    EXPECT_TRUE(status.contains("garbage_bytes")) << result.out;
    return status.value("garbage_bytes", uint64_t{0});
  }

  void ExpectOnlyTheKeptObject() {
    AwaitStatus("no garbage, and the chunks as they were", [this](const auto& s) {
      return s.garbage_bytes == 0 && s.garbage_versions == 0 && ChunkBytes(s) == 3 * kept_.size;
    });
    EXPECT_TRUE(absl::IsNotFound(client().HeadObject("bucket", "cut").status()));
    std::string read;
    ASSERT_TRUE(client()
                    .GetObject("bucket", "kept",
                               [&read](absl::string_view part) {
                                 read.append(part.data(), part.size());
                                 return absl::OkStatus();
                               })
                    .ok());
    EXPECT_TRUE(read == kept_.All());
  }

  const testing::MadeBytes kept_{.seed = 1, .size = 40'000'000};
};

TEST_F(CutUpload, OfAGatewayThatDiesIsGarbageFromItsSessionsEnd) {
  std::stop_source stop;
  auto upload = BeginUpload(stop);
  ASSERT_TRUE(AwaitChunksOfUpload());
  ASSERT_TRUE(cluster().Kill("gateway-0").ok());
  stop.request_stop();
  EXPECT_FALSE(upload.get().ok());
  ASSERT_TRUE(cluster().Restart("gateway-0").ok());
  ASSERT_TRUE(cluster().WaitReady("gateway-0", kPatience).ok());
  EXPECT_EQ(client().GetClusterStatus()->open_sessions, 2u);
  // A reader who takes his time keeps what he reads, and nothing that never was an object.
  SlowReader reader(client().OpenObject("bucket", "kept"));
  ASSERT_TRUE(client().DeleteObject("bucket", "kept")->existed);
  const uint64_t of_kept = 3 * kept_.size;
  // Until the session ends nobody may touch them: it might yet commit.
  EXPECT_EQ(GarbageBytes(), of_kept);
  EXPECT_TRUE(AwaitStatus("the dead gateway's session to end", [&reader](const auto& s) {
    reader.TakeSome();
    return s.open_sessions == 1;
  }));
  const absl::Time ended = absl::Now();
  uint64_t highest = 0;
  AwaitStatus("garbage to rise and to go", [&](const auto& s) {
    reader.TakeSome();
    highest = std::max(highest, s.garbage_bytes);
    return ChunkBytes(s) == of_kept && s.garbage_bytes == of_kept;
  });
  const absl::Duration taken = absl::Now() - ended;
  std::cout << "garbage rose to " << highest << " bytes and was gone "
            << absl::FormatDuration(taken) << " after the session's end" << std::endl;
  EXPECT_GT(highest, of_kept);
  EXPECT_LT(taken, absl::Seconds(60));  // what is promised; it takes about two seconds
  EXPECT_TRUE(reader.TakeAll() == kept_.All());
  AwaitStatus("nothing to be left", [](const auto& s) {
    return s.garbage_bytes == 0 && s.garbage_versions == 0 && ChunkBytes(s) == 0;
  });
  EXPECT_EQ(GarbageBytes(), 0u);
  EXPECT_TRUE(absl::IsNotFound(client().HeadObject("bucket", "cut").status()));
}

TEST_F(CutUpload, OfAClientThatDisappearsIsGarbageAtOnce) {
  std::stop_source stop;
  auto upload = BeginUpload(stop);
  ASSERT_TRUE(AwaitChunksOfUpload());
  EXPECT_TRUE(absl::IsNotFound(client().HeadObject("bucket", "cut").status()));
  EXPECT_TRUE(client().ListObjects({.bucket = "bucket"})->objects.size() == 1);
  stop.request_stop();
  const absl::Status status = upload.get();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled) << status;
  ExpectOnlyTheKeptObject();
  EXPECT_EQ(client().GetClusterStatus()->open_sessions, 1u);
}

TEST_F(CutUpload, OfAClientThatIsKilledIsGarbageAtOnce) {
  // A process whose sockets the kernel closes: the command line, fed by a pipe that never ends.
  ProcessSpec spec;
  spec.argv = {"/bin/sh", "-c",
               absl::StrCat("(head -c ", kBefore, " /dev/zero; sleep 1000) | '",
                            testing::ProgramPath("trebol"), "' --endpoint ",
                            cluster().GatewayEndpoints()[0], " cp - trebol://bucket/cut & wait")};
  spec.log_file = dir() + "/cli.log";
  spec.outlives_us = true;  // a session of its own: one signal reaches all of the pipeline
  auto process = Process::Start(spec);
  ASSERT_TRUE(process.ok()) << process.status();
  EXPECT_TRUE(AwaitChunksOfUpload());
  kill(-process->pid(), SIGKILL);
  EXPECT_TRUE(process->WaitGone(kPatience).ok());
  ExpectOnlyTheKeptObject();
}

}  // namespace
}  // namespace trebol
