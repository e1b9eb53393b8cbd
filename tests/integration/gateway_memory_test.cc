// How much memory a gateway takes while sixteen uploads run at once, and while slow clients read.
// GATEWAY_MEMORY_UPLOAD_MIB=1024 makes the uploads as large as the published figure says; it needs
// 48 GiB of disk in the folder for temporary files.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

constexpr int kUploads = 16;
constexpr int kSlowReaders = 200;
constexpr size_t kSlowRead = 10 * kKiB;
constexpr uint64_t kQuickRead = 24 * kMiB;  // of half of them, before they become slow
constexpr uint64_t kPromised = 400 * kMiB;

uint64_t ResidentBytes(pid_t process) {
  std::ifstream statm(absl::StrCat("/proc/", process, "/statm"));
  uint64_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

uint64_t UploadBytes() {
  const char* asked = std::getenv("GATEWAY_MEMORY_UPLOAD_MIB");
  uint64_t mebibytes = 128;
  if (asked != nullptr) EXPECT_TRUE(absl::SimpleAtoi(asked, &mebibytes)) << asked;
  return mebibytes * kMiB;
}

/// Bytes that cost nothing to make: the client must not be what limits.
client::Source Zeros(uint64_t size) {
  return
      [left = std::make_shared<uint64_t>(size)](char* to, size_t room) -> absl::StatusOr<size_t> {
        const size_t n = std::min<uint64_t>(room, *left);
        std::fill_n(to, n, 'z');
        *left -= n;
        return n;
      };
}

class GatewayMemory : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
  }

  uint64_t Resident() { return ResidentBytes(cluster().Pid("gateway-0")); }

  /// The most that it takes until `done`.
  uint64_t Watch(const std::atomic<int>& running) {
    uint64_t most = 0;
    while (running > 0) {
      most = std::max(most, Resident());
      absl::SleepFor(absl::Milliseconds(20));
    }
    return most;
  }

  /// Milliseconds that small reads take, one after the other for so long.
  double P99OfOthers(absl::Duration duration) {
    std::vector<double> took;
    for (const absl::Time until = absl::Now() + duration; absl::Now() < until;) {
      const auto nothing = [](absl::string_view) { return absl::OkStatus(); };
      const absl::Time began = absl::Now();
      EXPECT_TRUE(client().GetObject("bucket", "small", nothing).ok());
      took.push_back(absl::ToDoubleMilliseconds(absl::Now() - began));
    }
    EXPECT_GT(took.size(), 100u);
    std::sort(took.begin(), took.end());
    return took.empty() ? 0 : took[took.size() * 99 / 100];
  }
};

TEST_F(GatewayMemory, OfSixteenUploadsAtOnce) {
  const uint64_t size = UploadBytes(), before = Resident();
  std::atomic<int> running = kUploads;
  std::atomic<int> stored = 0;
  std::vector<std::thread> uploads;
  const absl::Time began = absl::Now();
  for (int i = 0; i < kUploads; ++i) {
    uploads.emplace_back([&, i] {
      const auto client = ClientOf(cluster().GatewayEndpoints()[0]);
      const auto info = client.PutObject("bucket", absl::StrCat("upload-", i), Zeros(size));
      EXPECT_TRUE(info.ok()) << info.status();
      if (info.ok() && info->size == size) ++stored;
      --running;
    });
  }
  const uint64_t most = Watch(running);
  for (std::thread& upload : uploads) upload.join();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - began);
  std::cout << kUploads << " uploads of " << size / kMiB << " MiB: gateway resident "
            << before / kMiB << " MiB before, at most " << most / kMiB << " MiB, "
            << Resident() / kMiB << " MiB after; "
            << static_cast<double>(kUploads * size / kMiB) / seconds << " MiB/s" << std::endl;
  RecordProperty("resident_mib", static_cast<int>(most / kMiB));
  EXPECT_EQ(stored, kUploads);
  EXPECT_GT(most, before);
  EXPECT_LT(most, kPromised);
}

TEST_F(GatewayMemory, OfClientsThatReadSlowly) {
  constexpr uint64_t kSize = 64 * kMiB;
  ASSERT_TRUE(client().PutObject("bucket", "large", Zeros(kSize)).ok());
  ASSERT_TRUE(client().PutObject("bucket", "small", Zeros(1000)).ok());
  const double alone = P99OfOthers(absl::Seconds(3));
  std::atomic<int> running = kSlowReaders;
  std::atomic<int> slow = 0;
  std::atomic<bool> enough = false;
  std::atomic<uint64_t> received = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < kSlowReaders; ++i) {
    readers.emplace_back([&, quick = i % 2 == 0] {
      const auto client = ClientOf(cluster().GatewayEndpoints()[0]);
      auto reader = client.OpenObject("bucket", "large");
      EXPECT_TRUE(reader.ok()) << reader.status();
      std::string buffer(kSlowRead, '\0');
      for (uint64_t taken = 0; quick && reader.ok() && taken < kQuickRead;) {
        const auto got = reader->Read(buffer.data(), buffer.size());
        EXPECT_TRUE(got.ok()) << got.status();
        if (!got.ok() || *got == 0) break;
        taken += *got;
      }
      ++slow;
      while (reader.ok() && !enough) {
        const auto got = reader->Read(buffer.data(), buffer.size());
        EXPECT_TRUE(got.ok()) << got.status();
        if (!got.ok()) break;
        received += *got;
        absl::SleepFor(absl::Seconds(1));
      }
      --running;
    });
  }
  auto watched = std::async(std::launch::async, [&] { return Watch(running); });
  EXPECT_TRUE(Await("slow readers", [&] { return slow == kSlowReaders; }));
  const uint64_t begin = Resident();
  // Others are served meanwhile, as well as before.
  const double beside = P99OfOthers(absl::Seconds(10));
  const uint64_t end = Resident();
  enough = true;
  const uint64_t most = watched.get();
  for (std::thread& reader : readers) reader.join();
  std::cout << kSlowReaders << " readers of 10 KiB/s: gateway resident at most " << most / kMiB
            << " MiB, " << begin / kMiB << " when all were slow, " << end / kMiB << " later; "
            << received / kKiB << " KiB read; p99 of others " << beside << " ms, " << alone
            << " alone" << std::endl;
  EXPECT_GT(received, kSlowReaders * kSlowRead);
  EXPECT_LT(most, kPromised);
  EXPECT_LT(end, begin + 16 * kMiB);
  EXPECT_LT(beside, 20 * alone) << "far more than a busy machine makes it";
}

/// A client of plain HTTP that asked for an object and reads what it likes.
class SlowReader {
 public:
  SlowReader(uint16_t port, const std::string& path) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const std::string asked = absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(send(socket_, asked.data(), asked.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(asked.size()));
  }
  ~SlowReader() { close(socket_); }
  SlowReader(const SlowReader&) = delete;
  SlowReader& operator=(const SlowReader&) = delete;

  /// False when the gateway has cut it off.
  bool ReadSome() {
    char buffer[kKiB];
    return recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT) != 0;
  }

 private:
  const int socket_;
};

// More than the download budget would hold if each kept a piece of 256 KiB, and the first of them
// look quick until the kernel has taken all it will.
TEST_F(GatewayMemory, OfClientsOfS3ThatReadSlowly) {
  constexpr int kReaders = 400;
  ASSERT_TRUE(client().PutObject("bucket", "large", Zeros(16 * kMiB)).ok());
  ASSERT_TRUE(client().PutObject("bucket", "small", Zeros(1000)).ok());
  client::BucketAccessChange everybody;
  everybody.anonymous = client::AnonymousAccess::kRead;
  ASSERT_TRUE(client().SetBucketAccess("bucket", everybody).ok());
  const double alone = P99OfOthers(absl::Seconds(3));
  const std::string endpoint = cluster().S3Endpoint("gateway-0");
  uint32_t port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(endpoint.substr(endpoint.rfind(':') + 1), &port)) << endpoint;
  std::vector<std::unique_ptr<SlowReader>> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.push_back(std::make_unique<SlowReader>(static_cast<uint16_t>(port), "/bucket/large"));
  }
  std::atomic<bool> enough = false;
  std::atomic<int> cut = 0;
  std::thread reading([&] {
    while (!enough) {
      for (const auto& reader : readers) cut += reader->ReadSome() ? 0 : 1;
      absl::SleepFor(absl::Milliseconds(100));
    }
  });
  absl::SleepFor(absl::Seconds(3));
  const double beside = P99OfOthers(absl::Seconds(10));
  const uint64_t resident = Resident();
  enough = true;
  reading.join();
  std::cout << kReaders << " readers of S3 of 10 KiB/s: gateway resident " << resident / kMiB
            << " MiB; p99 of others " << beside << " ms, " << alone << " alone" << std::endl;
  EXPECT_EQ(cut, 0);
  EXPECT_LT(resident, kPromised);
  EXPECT_LT(beside, 20 * alone) << "far more than a busy machine makes it";
}

}  // namespace
}  // namespace trebol
