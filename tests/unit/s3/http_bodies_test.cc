#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/testing/seed.h"
#include "tests/unit/s3/http_rig.h"

namespace trebol {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr uint64_t kBig = 64 * kMiB;
constexpr size_t kPiece = 1000 * 1000;

std::string Upload(const std::string& path, uint64_t size) {
  return absl::StrCat("PUT ", path, " HTTP/1.1\r\nHost: a\r\nContent-Length: ", size, "\r\n\r\n");
}

TEST(HttpBodies, TakesBigOnesWhole) {
  HttpRig rig;
  RawClient client(rig.port());
  client.Send(Upload("/count", kBig));
  for (uint64_t sent = 0; sent < kBig; sent += kPiece) {
    const size_t size = static_cast<size_t>(std::min<uint64_t>(kPiece, kBig - sent));
    ASSERT_TRUE(client.Send(HttpRig::Pattern(sent, size)));
  }
  EXPECT_THAT(client.ReadUntil(absl::StrCat(kBig)), EndsWith(absl::StrCat("\r\n\r\n", kBig)));
  client.Send("PUT /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (uint64_t sent = 0; sent < kBig; sent += kPiece) {
    const size_t size = static_cast<size_t>(std::min<uint64_t>(kPiece, kBig - sent));
    ASSERT_TRUE(
        client.Send(absl::StrCat(absl::Hex(size), "\r\n", HttpRig::Pattern(sent, size), "\r\n")));
  }
  client.Send("0\r\n\r\n");
  EXPECT_THAT(client.ReadUntil(absl::StrCat(kBig)), EndsWith(absl::StrCat("\r\n\r\n", kBig)));
}

TEST(HttpBodies, GivesBigOnesWhole) {
  HttpRig rig;
  RawClient client(rig.port());
  client.Send(Get(absl::StrCat("/big?", kBig)));
  std::string answer = client.ReadUntil("\r\n\r\n");
  std::string body = BodyOf(answer);
  ASSERT_EQ(body, HttpRig::Pattern(0, body.size()));
  for (uint64_t got = body.size(); got < kBig; got += body.size()) {
    body = client.ReadExactly(static_cast<size_t>(std::min<uint64_t>(kPiece, kBig - got)));
    ASSERT_FALSE(body.empty());
    ASSERT_EQ(body, HttpRig::Pattern(got, body.size()));
  }
  client.Send(GetAndClose("/hello?x"));
  EXPECT_THAT(client.ReadAll(), EndsWith("hello x"));
}

TEST(HttpBodies, StreamsBothWaysAtOnce) {
  HttpRig rig;
  RawClient client(rig.port());
  constexpr uint64_t kSize = 200 * 1000;  // what is announced to be unread may not be too much
  client.Send(Upload("/stream", kSize));
  std::thread sending([&] {
    for (uint64_t sent = 0; sent < kSize; sent += 1000) client.Send(HttpRig::Pattern(sent, 1000));
  });
  std::string answer = client.ReadUntil("\r\n0\r\n\r\n");
  sending.join();
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_GE(answer.size(), kSize);
  client.Send(GetAndClose("/hello?x"));
  EXPECT_THAT(client.ReadAll(), EndsWith("hello x"));
}

TEST(HttpBodies, ReadsALittleThatNobodyWanted) {
  HttpRig rig;
  RawClient client(rig.port());
  client.Send(Upload("/hello?a", 100'000) + std::string(100'000, 'x') + Get("/hello?b"));
  EXPECT_THAT(client.ReadUntil("hello b"), Not(HasSubstr("Connection: close")));
  client.Send("PUT /hello?c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  EXPECT_THAT(client.ReadUntil("hello c"), StartsWith("HTTP/1.1 200"));
  client.Send("0\r\n\r\n" + Get("/hello?d"));
  EXPECT_THAT(client.ReadUntil("hello d"), StartsWith("HTTP/1.1 200"));
}

TEST(HttpBodies, ClosesRatherThanReadMuchThatNobodyWanted) {
  HttpRig rig;
  RawClient client(rig.port());
  client.Send(Upload("/hello?a", kBig) + std::string(600'000, 'x'));
  // The answer arrives although the client still sends.
  EXPECT_THAT(client.ReadAll(), AllOf(HasSubstr("Connection: close\r\n"), EndsWith("hello a")));
}

TEST(HttpBodies, EndsTheConnectionAfterABrokenCoding) {
  HttpRig rig;
  const std::string answer =
      rig.Ask("PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" +
              Get("/hello?smuggled"));
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 500"), HasSubstr("Connection: close"),
                            Not(HasSubstr("smuggled"))));
}

TEST(HttpBodies, NoticesAnUploadThatIsCutOff) {
  HttpRig rig;
  for (int round = 0; round < 2; ++round) {
    RawClient client(rig.port());
    client.Send(Upload("/echo", 1000) + "part");
    ASSERT_TRUE(HttpRig::Eventually([&] { return rig.running() == 1; }));
    if (round == 0) {
      client.EndSending();
    } else {
      client.Reset();
    }
    EXPECT_TRUE(HttpRig::Eventually([&] { return rig.cancelled() == round + 1; }));
    ASSERT_TRUE(HttpRig::Eventually([&] { return rig.running() == 0; }));
  }
}

TEST(HttpBodies, NoticesAClientThatLeavesWhileItIsServed) {
  HttpRig rig;
  const std::vector<std::string> requests = {
      Get("/wait"), "PUT /wait HTTP/1.1\r\nHost: a\r\n\r\n" + Get("/hello?pipelined"),
      Get("/big?1000000000000")};
  int cancelled = 0;
  for (const std::string& request : requests) {
    for (bool reset : {false, true}) {
      auto client = std::make_unique<RawClient>(rig.port());
      client->Send(request);
      ASSERT_TRUE(HttpRig::Eventually([&] { return rig.running() == 1; }));
      if (reset) client->Reset();
      client = nullptr;
      ++cancelled;
      EXPECT_TRUE(HttpRig::Eventually([&] { return rig.cancelled() == cancelled; })) << request;
      ASSERT_TRUE(HttpRig::Eventually([&] { return rig.running() == 0; }));
    }
  }
  EXPECT_TRUE(HttpRig::Eventually([&] { return rig.server().counts().open == 0; }));
}

TEST(HttpBodies, OutlivesDisconnectsAtAnyTime) {
  HttpServerOptions options;  // of those that wait for an answer behind half a request
  options.head_timeout = options.body_timeout = absl::Milliseconds(500);
  HttpRig rig(options);
  std::mt19937_64 random(TestSeed());
  const std::string upload = Upload("/stream", 20'000) + HttpRig::Pattern(0, 20'000);
  for (int round = 0; round < 500; ++round) {
    RawClient client(rig.port());
    client.Send(upload.substr(0, random() % upload.size()));
    if (random() % 2 == 0) client.ReadExactly(random() % 5000 / 100);
    if (random() % 2 == 0) client.Reset();
  }
  EXPECT_TRUE(
      HttpRig::Eventually([&] { return rig.running() == 0 && rig.server().counts().open == 0; }));
  EXPECT_THAT(rig.Ask(GetAndClose("/hello?x")), EndsWith("hello x"));
}

TEST(HttpBodies, SlowReadersHoldLittle) {
  constexpr int kReaders = 200;
  HttpRig rig;
  const uint64_t before = ResidentBytes();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kReaders; ++i) {
    clients.push_back(std::make_unique<RawClient>(rig.port()));
    clients.back()->KeepLittle(64 * 1024);
    clients.back()->Send(Get("/big?1000000000"));
  }
  for (int second = 0; second < 3; ++second) {
    for (const auto& client : clients) EXPECT_EQ(client->ReadExactly(10'000).size(), 10'000);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_THAT(rig.Ask(GetAndClose("/hello?x")), EndsWith("hello x"));
  }
  const uint64_t grown = ResidentBytes() - std::min(before, ResidentBytes());
  std::printf("%d slow readers hold %llu KiB each\n", kReaders,
              static_cast<unsigned long long>(grown / kReaders / kKiB));
  // The piece that each handler made, and nothing beside it that counts.
  if (kMemoryIsCounted) EXPECT_LT(grown, kReaders * 256 * kKiB);
}

}  // namespace
}  // namespace trebol
