#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "tests/unit/s3/http_rig.h"

namespace trebol {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(HttpLimits, CutsOffAHeadThatDrips) {
  HttpServerOptions options;
  options.head_timeout = absl::Milliseconds(600);
  HttpRig rig(options);
  RawClient client(rig.port());
  client.Send("GET /hello HTTP/1.1\r\nX: ");
  bool taken = true;
  for (int i = 0; i < 100 && taken; ++i) {  // a byte each 50 ms does not extend it
    taken = client.Send("x");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_FALSE(taken);
  RawClient silent(rig.port());
  EXPECT_EQ(silent.ReadAll(), "");
  EXPECT_TRUE(HttpRig::Eventually([&] { return rig.server().counts().open == 0; }));
}

TEST(HttpLimits, ClosesIdleConnections) {
  HttpServerOptions options;
  options.idle_timeout = absl::Milliseconds(300);
  HttpRig rig(options);
  RawClient client(rig.port());
  client.Send(Get("/hello?x"));
  EXPECT_THAT(client.ReadAll(), EndsWith("hello x"));
}

TEST(HttpLimits, CutsOffABodyThatStandsStill) {
  HttpServerOptions options;
  options.body_timeout = absl::Milliseconds(600);
  HttpRig rig(options);
  RawClient sending(rig.port());
  sending.Send("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
  for (int i = 0; i < 5; ++i) {  // progress, however little, extends it
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_TRUE(sending.Send("x"));
  }
  EXPECT_EQ(rig.running(), 1);
  EXPECT_EQ(sending.ReadAll(), "");
  RawClient reading(rig.port());
  reading.Send(Get("/big?1000000000"));
  EXPECT_TRUE(HttpRig::Eventually([&] { return rig.cancelled() == 2; }));
  // A handler that takes its time is not the client's fault.
  EXPECT_THAT(rig.Ask(GetAndClose("/sleep")), EndsWith("late"));
}

TEST(HttpLimits, ClosesTheOldestIdleConnectionForANewOne) {
  HttpServerOptions options;
  options.max_connections = 3;
  HttpRig rig(options);
  RawClient busy(rig.port());
  busy.Send(Get("/wait"));
  ASSERT_TRUE(HttpRig::Eventually([&] { return rig.running() == 1; }));
  const auto asks_and_rests = [&](RawClient& client, uint64_t resting) {
    client.Send(Get("/hello?x"));
    client.ReadUntil("hello x");
    return HttpRig::Eventually([&] { return rig.server().counts().resting == resting; });
  };
  RawClient oldest(rig.port());
  ASSERT_TRUE(asks_and_rests(oldest, 1));
  RawClient younger(rig.port());
  ASSERT_TRUE(asks_and_rests(younger, 2));
  RawClient newest(rig.port());
  EXPECT_EQ(oldest.ReadAll(), "");
  for (RawClient* client : {&younger, &newest}) {
    client->Send(Get("/hello?x"));
    EXPECT_THAT(client->ReadUntil("hello x"), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_EQ(rig.cancelled(), 0);
}

TEST(HttpLimits, RefusesANewConnectionWhenAllWork) {
  HttpServerOptions options;
  options.max_connections = 2;
  HttpRig rig(options);
  RawClient first(rig.port());
  RawClient second(rig.port());
  for (RawClient* client : {&first, &second}) client->Send(Get("/wait"));
  ASSERT_TRUE(HttpRig::Eventually([&] { return rig.running() == 2; }));
  EXPECT_EQ(rig.Ask(GetAndClose("/hello")), "");
  EXPECT_EQ(rig.server().counts().refused, 1);
  EXPECT_EQ(rig.running(), 2);
}

TEST(HttpLimits, AThousandIdleConnectionsCostLittle) {
  constexpr int kConnections = 1000;
  AllowManySockets();
  HttpRig rig;
  const uint64_t before = ResidentBytes();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kConnections; ++i) {
    clients.push_back(std::make_unique<RawClient>(rig.port()));
    clients.back()->Send(Get("/hello?x"));
    ASSERT_THAT(clients.back()->ReadUntil("hello x"), StartsWith("HTTP/1.1 200"));
  }
  const uint64_t after = ResidentBytes();
  EXPECT_EQ(rig.server().counts().open, kConnections);
  const uint64_t grown = after - std::min(before, after);
  std::printf("1000 idle connections: %llu KiB\n", static_cast<unsigned long long>(grown / kKiB));
  if (kMemoryIsCounted) EXPECT_LT(grown, 64 * kMiB);
}

}  // namespace
}  // namespace trebol
