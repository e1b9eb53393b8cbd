#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/unit/s3/http_rig.h"

namespace trebol {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr absl::Duration kLong = absl::Minutes(5);

TEST(HttpShutdown, LetsRunningExchangesEndAndClosesIdleOnes) {
  HttpRig rig;
  RawClient idle(rig.port());
  idle.Send(Get("/hello?x"));
  idle.ReadUntil("hello x");
  ASSERT_TRUE(HttpRig::Eventually([&] { return rig.running() == 0; }));  // its handler has ended
  RawClient busy(rig.port());
  busy.Send(Get("/sleep"));
  ASSERT_TRUE(HttpRig::Eventually([&] { return rig.running() == 1; }));
  const Instant begin = SystemClock().Now();
  std::thread ending([&] { rig.server().Shutdown(kLong); });
  EXPECT_EQ(idle.ReadAll(), "");
  EXPECT_THAT(busy.ReadAll(), AllOf(HasSubstr("Connection: close\r\n"), EndsWith("late")));
  ending.join();
  EXPECT_LT(SystemClock().Now() - begin, kLong);
  EXPECT_EQ(rig.server().counts().open, 0);
  EXPECT_EQ(rig.cancelled(), 0);
}

TEST(HttpShutdown, CancelsWhatDoesNotEndInTime) {
  HttpRig rig;
  RawClient waiting(rig.port());
  waiting.Send(Get("/wait"));
  RawClient reading(rig.port());
  reading.Send(Get("/big?1000000000000"));
  RawClient sending(rig.port());
  sending.Send("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx");
  ASSERT_TRUE(HttpRig::Eventually([&] { return rig.running() == 3; }));
  rig.server().Shutdown(absl::Milliseconds(100));
  EXPECT_EQ(rig.running(), 0);
  EXPECT_EQ(rig.cancelled(), 3);
  EXPECT_EQ(rig.server().counts().open, 0);
  EXPECT_FALSE(reading.EndsWell());
  EXPECT_FALSE(waiting.EndsWell());
  rig.server().Shutdown(kLong);  // once is enough
}

TEST(HttpShutdown, DoesNotMakeAPartLookWhole) {
  HttpRig rig;
  RawClient client(
      rig.port());  // which can tell the end of the body by that of the connection only
  client.Send("PUT /stream HTTP/1.0\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_THAT(client.ReadUntil("abc"), EndsWith("\r\n\r\nabc"));
  rig.server().Shutdown(absl::ZeroDuration());
  EXPECT_FALSE(client.EndsWell());
}

TEST(HttpShutdown, FreesThePort) {
  Runtime runtime(1);
  HttpServerOptions options{.endpoint = {"127.0.0.1", 0}};
  const ExchangeHandler handler = [](std::shared_ptr<HttpExchange> exchange) -> Task<void> {
    co_return co_await exchange->Send({});
  };
  auto first = HttpServer::Start(runtime, options, handler).value();
  options.endpoint.port = first->endpoint().port;
  const auto taken = HttpServer::Start(runtime, options, handler);
  EXPECT_TRUE(absl::IsFailedPrecondition(taken.status())) << taken.status();
  EXPECT_THAT(taken.status().ToString(), HasSubstr("in use"));
  first = nullptr;
  EXPECT_TRUE(HttpServer::Start(runtime, options, handler).ok());
  runtime.Drain();
}

TEST(HttpShutdown, ComesBetweenManyRequests) {
  for (int round = 0; round < 20; ++round) {
    HttpRig rig;
    std::vector<std::thread> asking;
    for (int i = 0; i < 4; ++i) {
      asking.emplace_back([own = std::make_unique<RawClient>(rig.port())] {
        RawClient& client = *own;
        while (client.Send(Get("/hello?x"))) {
          const std::string answer = client.ReadUntil("hello x");
          // An answer that begins is whole.
          EXPECT_TRUE(answer.empty() || BodyOf(answer) == "hello x") << answer;
          if (answer.empty() || answer.find("Connection: close") != std::string::npos) return;
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    rig.server().Shutdown(kLong);
    for (std::thread& thread : asking) thread.join();
  }
}

}  // namespace
}  // namespace trebol
