#include "common/http/admin_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/http/http_client.h"
#include "tests/testing/seed.h"
#include "tests/unit/http/raw_client.h"

namespace trebol {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::Duration kPatience = absl::Seconds(60);  // never met unless something hangs

class AdminServerTest : public ::testing::Test {
 protected:
  void Start(AdminServerOptions options = {}) {
    HttpRoutes routes;
    routes["/hello"] = [](const HttpRequest& request) {
      return HttpResponse{.body = absl::StrCat("hello ", request.query)};
    };
    routes["/big"] = [](const HttpRequest&) {
      return HttpResponse{.body = std::string(8 << 20, 'x')};
    };
    routes["/throws"] = [](const HttpRequest&) -> HttpResponse {
      throw std::runtime_error("from a library");
    };
    server_ = AdminServer::Start({"127.0.0.1", 0}, std::move(routes), options).value();
  }
  std::string Address() const { return ToString(server_->endpoint()); }
  std::string Ask(const std::string& bytes) {
    RawClient client(server_->port());
    client.Send(bytes);
    return client.ReadAll();
  }
  bool Healthy() {
    const auto reply = HttpGet(Address(), "/hello", kPatience);
    return reply.ok() && reply->status == 200;
  }

  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, AnswersOnAPortOfItsChoice) {
  Start();
  EXPECT_NE(server_->port(), 0);
  const HttpReply reply = HttpGet(Address(), "/hello?you=me", kPatience).value();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello you=me");
  EXPECT_EQ(reply.content_type, "text/plain; charset=utf-8");
}

TEST_F(AdminServerTest, ListensOnIpv6WhereThereIsAny) {
  const auto server = AdminServer::Start({"::1", 0}, {});
  if (!server.ok()) GTEST_SKIP() << "no IPv6 here: " << server.status();
  EXPECT_EQ(HttpGet(ToString((*server)->endpoint()), "/", kPatience).value().status, 404);
}

TEST_F(AdminServerTest, SaysWhatThereIsWhenAskedForSomethingElse) {
  Start();
  const HttpReply reply = HttpGet(Address(), "/nothing", kPatience).value();
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, "there is: /big /hello /throws\n");
}

TEST_F(AdminServerTest, KeepsTheConnectionForMoreRequests) {
  Start();
  RawClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Send(absl::StrCat("GET /hello?", i, " HTTP/1.1\r\nHost: a\r\n\r\n")));
    EXPECT_THAT(client.ReadUntil(absl::StrCat("hello ", i)), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
  client.Send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.ReadAll(), HasSubstr("Connection: close"));
}

TEST_F(AdminServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  const std::string got =
      Ask("GET /hello?1 HTTP/1.1\r\nHost: a\r\n\r\nGET /hello?2 HTTP/1.1\r\nHost: a\r\n"
          "Connection: close\r\n\r\n");
  EXPECT_LT(got.find("hello 1"), got.find("hello 2"));
  EXPECT_THAT(got, EndsWith("hello 2"));
}

TEST_F(AdminServerTest, HeadHasTheLengthButNotTheBody) {
  Start();
  const std::string got = Ask("HEAD /hello?you HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(got, AllOf(HasSubstr("Content-Length: 9\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(AdminServerTest, RefusesOtherMethodsAndBodies) {
  Start();
  EXPECT_THAT(Ask("POST /hello HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD\r\n")));
  EXPECT_THAT(Ask("GET /hello HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Ask("POST /hello HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_TRUE(Healthy());
}

TEST_F(AdminServerTest, SurvivesAHandlerThatThrows) {
  Start();
  EXPECT_EQ(HttpGet(Address(), "/throws", kPatience).value().status, 500);
  EXPECT_TRUE(Healthy());
}

TEST_F(AdminServerTest, RefusesHeadersBeyondTheLimit) {
  Start({.max_header_bytes = 1000});
  EXPECT_THAT(Ask("GET /hello HTTP/1.1\r\nX: " + std::string(200000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(Ask("GET /" + std::string(200000, 'x') + " HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_TRUE(Healthy());
}

TEST_F(AdminServerTest, RefusesGarbage) {
  Start();
  EXPECT_THAT(Ask("\x16\x03\x01 this is TLS, is it not?\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(Ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(Ask("GET /hello HTTP/1.1\r\nno colon\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_TRUE(Healthy());
}

TEST_F(AdminServerTest, SurvivesRandomBytes) {
  Start({.timeout = absl::Milliseconds(200)});
  std::mt19937 random(static_cast<uint32_t>(TestSeed()));
  for (int i = 0; i < 50; ++i) {
    std::string bytes = i % 2 == 0 ? "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n" : "";
    bytes.resize(bytes.size() + random() % 100);
    for (char& byte : bytes) {
      if (random() % 8 == 0 || byte == '\0') byte = static_cast<char>(random());
    }
    RawClient client(server_->port());
    client.Send(bytes);
    if (i % 10 == 0) client.ReadAll();  // the others are gone before the answer
  }
  EXPECT_TRUE(Healthy());
}

TEST_F(AdminServerTest, DropsAClientThatDripsItsRequest) {
  Start({.timeout = absl::Milliseconds(300)});
  RawClient slow(server_->port());
  // A byte now and then does not extend the time: it is cut off long before these are all sent.
  bool open = true;
  for (int i = 0; open && i < 6000; ++i) {
    open = slow.Send("G");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(open);
  EXPECT_TRUE(Healthy());
}

TEST_F(AdminServerTest, DropsAClientThatDoesNotTakeItsAnswer) {
  Start({.timeout = absl::Milliseconds(300)});
  RawClient deaf(server_->port());
  deaf.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::seconds(1));
  EXPECT_LT(deaf.ReadAll().size(), 8u << 20);
  EXPECT_TRUE(Healthy());
}

TEST_F(AdminServerTest, ClosesAKeptConnectionThatIsIdle) {
  Start({.timeout = absl::Milliseconds(200)});
  RawClient client(server_->port());
  client.Send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.ReadAll(), EndsWith("hello "));  // returns when the server closes
}

TEST_F(AdminServerTest, ManySilentConnectionsKeepNobodyOut) {
  Start({.max_connections = 8, .timeout = kPatience});
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 50; ++i) silent.push_back(std::make_unique<RawClient>(server_->port()));
  EXPECT_TRUE(Healthy());
  EXPECT_EQ(silent.front()->ReadAll(), "");  // the oldest were closed to make room
  EXPECT_TRUE(silent.back()->Send("GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n"));
  EXPECT_THAT(silent.back()->ReadAll(), EndsWith("hello "));  // the newest were not
}

TEST_F(AdminServerTest, ServesManyClientsAtOnce) {
  Start();
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> clients;
    for (int c = 0; c < 8; ++c) {
      clients.emplace_back([&] {
        for (int i = 0; i < 20; ++i) good += Healthy() ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(good, 160);
}

TEST_F(AdminServerTest, StopsWithClientsConnected) {
  Start();
  RawClient idle(server_->port());
  RawClient asking(server_->port());
  asking.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  server_.reset();
  EXPECT_EQ(idle.ReadAll(), "");
}

TEST_F(AdminServerTest, NamesTheAddressAndTheRemedyWhenItCannotListen) {
  Start();
  const absl::Status in_use = AdminServer::Start(server_->endpoint(), {}).status();
  EXPECT_EQ(in_use.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(in_use.message()),
              AllOf(HasSubstr(Address()), HasSubstr("in use"), HasSubstr("another port")));
  EXPECT_THAT(std::string(AdminServer::Start({"192.0.2.1", 0}, {}).status().message()),
              AllOf(HasSubstr("192.0.2.1:0"), HasSubstr("does not have the address")));
  const absl::Status unknown = AdminServer::Start({"host.invalid", 0}, {}).status();
  EXPECT_EQ(unknown.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(unknown.message()), HasSubstr("does not resolve"));
}

}  // namespace
}  // namespace trebol
