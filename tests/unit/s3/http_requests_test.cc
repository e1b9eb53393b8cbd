#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

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

TEST(HttpServer, AnswersAndKeepsTheConnection) {
  HttpRig rig;
  RawClient client(rig.port());
  for (int i = 0; i < 3; ++i) {
    client.Send(Get(absl::StrCat("/hello?", i)));
    const std::string answer = client.ReadUntil(absl::StrCat("hello ", i));
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Length: 7\r\n"),
                              HasSubstr("Date: "), Not(HasSubstr("Connection:"))));
  }
  client.Send(GetAndClose("/hello?x"));
  EXPECT_THAT(client.ReadAll(), AllOf(HasSubstr("Connection: close\r\n"), EndsWith("hello x")));
  EXPECT_EQ(rig.server().counts().accepted, 1);
  EXPECT_TRUE(HttpRig::Eventually([&] { return rig.server().counts().open == 0; }));
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  HttpRig rig;
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    absl::StrAppend(&requests, Get(absl::StrCat("/hello?", i)),
                    "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\n",
                    "PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "2\r\nde\r\n0\r\n\r\n");
  }
  const std::string answers = rig.Ask(requests + GetAndClose("/hello?end"));
  size_t at = 0;
  for (int i = 0; i < 200; ++i) {
    for (const std::string& body : {absl::StrCat("\r\n\r\nhello ", i, "H"),
                                    std::string("\r\n\r\nabcH"), std::string("\r\n\r\ndeH")}) {
      at = answers.find(body, at);
      ASSERT_NE(at, std::string::npos) << i;
    }
  }
  EXPECT_THAT(answers, EndsWith("hello end"));
}

TEST(HttpServer, UnderstandsARequestSplitAnywhere) {
  HttpRig rig;
  const std::string request =
      "\r\nPUT /echo?q HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4;x\r\ndefg\r\n0\r\nT: u\r\n\r\n" +
      GetAndClose("/hello?after");
  for (size_t cut = 1; cut < request.size(); ++cut) {
    RawClient client(rig.port());
    client.Send(request.substr(0, cut));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    client.Send(request.substr(cut));
    const std::string answers = client.ReadAll();
    ASSERT_THAT(answers, AllOf(HasSubstr("\r\n\r\nabcdefgHTTP/1.1 200"), EndsWith("hello after")))
        << cut;
  }
  RawClient client(rig.port());
  for (char c : request) client.Send(std::string(1, c));
  EXPECT_THAT(client.ReadAll(), EndsWith("hello after"));
}

TEST(HttpServer, RefusesWhatIsNoRequestAndCloses) {
  HttpServerOptions options;
  options.refuse = [](int status, std::string code, std::string message) {
    return HttpAnswer{.status = status, .body = absl::StrCat("<", code, ">", message)};
  };
  HttpRig rig(options);
  for (const std::string request :
       {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n", "nonsense\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", "\x16\x03\x01\x02"}) {
    // What follows is never taken for a request.
    EXPECT_THAT(rig.Ask(request + GetAndClose("/hello?smuggled")),
                AllOf(StartsWith("HTTP/1.1 400 Bad Request\r\n"), HasSubstr("Connection: close"),
                      HasSubstr("\r\n\r\n<InvalidRequest>"), Not(HasSubstr("smuggled"))));
  }
  EXPECT_EQ(rig.server().counts().refused_requests, 6);
  EXPECT_THAT(rig.Ask(Get("/" + std::string(9000, 'x'))), StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(rig.Ask("GET /" + std::string(17000, 'x')), StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(rig.Ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17000, 'x')),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(rig.Ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(16384, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(rig.Ask("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: " +
                      std::string(16000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(rig.Ask("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 505"));
}

TEST(HttpServer, SendsNoBodyWhereThereIsNone) {
  HttpRig rig;
  EXPECT_THAT(rig.Ask("HEAD /big?12345 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              AllOf(HasSubstr("Content-Length: 12345\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_THAT(rig.Ask("HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              AllOf(HasSubstr("Content-Length: 6\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_THAT(rig.Ask("HEAD /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              EndsWith("\r\n\r\n"));
  for (int status : {204, 304}) {
    EXPECT_THAT(rig.Ask(GetAndClose(absl::StrCat("/status?", status))),
                AllOf(StartsWith(absl::StrCat("HTTP/1.1 ", status)),
                      Not(HasSubstr("Content-Length")), EndsWith("\r\n\r\n")));
  }
}

TEST(HttpServer, SpeaksHttp10) {
  HttpRig rig;
  EXPECT_THAT(rig.Ask("GET /hello?x HTTP/1.0\r\n\r\n"),
              AllOf(HasSubstr("Connection: close\r\n"), EndsWith("hello x")));
  EXPECT_THAT(rig.Ask("PUT /stream HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc"),
              AllOf(Not(HasSubstr("chunked")), EndsWith("\r\n\r\nabc")));
  RawClient client(rig.port());
  const std::string request = "GET /hello?x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  for (int i = 0; i < 2; ++i) {
    client.Send(request);
    EXPECT_THAT(client.ReadUntil("hello x"), HasSubstr("Connection: keep-alive\r\n"));
  }
}

TEST(HttpServer, AsksForTheBodyOnlyWhenItIsWanted) {
  HttpRig rig;
  RawClient client(rig.port());
  const std::string head =
      " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
  client.Send("PUT /echo" + head);
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("abc");
  EXPECT_THAT(client.ReadUntil("abc"), StartsWith("HTTP/1.1 200 OK\r\n"));
  client.Send("PUT /echo" + head + "abc");  // it does not wait
  EXPECT_THAT(client.ReadUntil("abc"), StartsWith("HTTP/1.1 200 OK\r\n"));
  client.Send("PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n");
  const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(client.ReadExactly(go_on.size()), go_on);
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
  client.Send("PUT /hello" + head);  // refused: nobody knows whether the body follows
  EXPECT_THAT(client.ReadAll(), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                                      HasSubstr("Connection: close\r\n"), EndsWith("hello ")));
  RawClient other(rig.port());
  other.Send("PUT /hello HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n");
  EXPECT_THAT(other.ReadUntil("hello "), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServer, BreaksOffWhatIsNotFinished) {
  HttpRig rig;
  for (const char* path : {"/half", "/half-chunked", "/long"}) {
    RawClient client(rig.port());
    client.Send(GetAndClose(path));
    EXPECT_FALSE(client.EndsWell()) << path;
  }
  EXPECT_THAT(rig.Ask(GetAndClose("/half-chunked")), Not(HasSubstr("\r\n0\r\n\r\n")));
  RawClient old(rig.port());
  old.Send("GET /half-chunked HTTP/1.0\r\n\r\n");  // only a reset tells such a client
  EXPECT_FALSE(old.EndsWell());
}

TEST(HttpServer, AnswersForAHandlerThatDoesNot) {
  HttpRig rig;
  EXPECT_THAT(rig.Ask(GetAndClose("/silent")), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(rig.Ask(GetAndClose("/fails")),
              AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("on purpose"))));
  EXPECT_THAT(rig.Ask(GetAndClose("/split")),
              AllOf(StartsWith("HTTP/1.1 200"), Not(HasSubstr("Y: b"))));
}

TEST(HttpServer, OutlivesAnything) {
  HttpRig rig;
  std::mt19937_64 random(TestSeed());
  const std::string good =
      "PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" +
      GetAndClose("/hello?x");
  for (int round = 0; round < 2000; ++round) {
    std::string request = good;
    for (uint64_t changes = 1 + random() % 3; changes > 0; --changes) {
      const size_t at = random() % request.size();
      if (random() % 2 == 0) {
        request[at] = static_cast<char>(random());
      } else {
        request.erase(at, 1 + random() % 4);
      }
    }
    RawClient client(rig.port());
    client.Send(request);
    client.EndSending();
    const std::string answer = client.ReadAll();
    ASSERT_TRUE(answer.empty() || absl::StartsWith(answer, "HTTP/1.1 ")) << answer;
  }
  EXPECT_THAT(rig.Ask(good), EndsWith("hello x"));
}

}  // namespace
}  // namespace trebol
