#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/client.h"
#include "common/base/error.h"
#include "tests/testing/fake_gateway.h"

namespace trebol::client {
namespace {

using testing::FakeGateway;
using ::testing::HasSubstr;

absl::Status Discard(absl::string_view) { return absl::OkStatus(); }

Source Zeros(size_t size) {
  return [left = size](char* to, size_t space) mutable -> absl::StatusOr<size_t> {
    const size_t given = std::min(space, left);
    std::memset(to, 0, given);
    left -= given;
    return given;
  };
}

int PortOf(const std::string& endpoint) {
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(endpoint.substr(endpoint.rfind(':') + 1), &port));
  return port;
}

/// Answers every connection as a web server does that was sent nonsense.
class HttpPort {
 public:
  HttpPort() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~HttpPort() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::string endpoint() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  void Serve() {
    for (int peer; (peer = accept(listener_, nullptr, nullptr)) >= 0;) {
      char request[1024];
      (void)!read(peer, request, sizeof request);
      constexpr char kAnswer[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
      (void)!write(peer, kAnswer, sizeof kAnswer - 1);
      close(peer);
    }
  }

  const int listener_;
  int port_ = 0;
  std::thread thread_;
};

class ClientFailures : public ::testing::Test {
 protected:
  ClientFailures() { gateway_.AddBucket("photos"); }

  Client MakeClient(ClientOptions options = {}) {
    options.endpoint = gateway_.endpoint();
    return *Client::Create(options);
  }

  FakeGateway gateway_;
  Client client_ = MakeClient();
};

TEST_F(ClientFailures, RepeatsAReadAfterUnavailable) {
  gateway_.FailNext(2, absl::UnavailableError("restarting"));
  EXPECT_TRUE(client_.HeadBucket("photos").ok());
  EXPECT_EQ(gateway_.calls(), 3);
}

TEST_F(ClientFailures, ComesAgainNoSoonerThanTheServerSays) {
  const absl::Status overloaded =
      ErrorWithReason(absl::StatusCode::kResourceExhausted, ErrorReason::kOverloaded, "full");
  gateway_.FailNext(1, WithRetryAfter(overloaded, absl::Milliseconds(700)));
  absl::Time began = absl::Now();
  EXPECT_TRUE(client_.HeadBucket("photos").ok());
  EXPECT_GE(absl::Now() - began, absl::Milliseconds(700));
  EXPECT_EQ(gateway_.calls(), 2);

  gateway_.FailNext(1, WithRetryAfter(overloaded, absl::Milliseconds(700)));
  began = absl::Now();
  EXPECT_TRUE(client_.PutObject("photos", "a", absl::string_view("bytes")).ok());
  EXPECT_GE(absl::Now() - began, absl::Milliseconds(700));

  // Nothing is waited for that would come too late.
  gateway_.FailNext(1, WithRetryAfter(overloaded, absl::Seconds(20)));
  began = absl::Now();
  const absl::Status refused =
      MakeClient({.timeout = absl::Seconds(10)}).HeadBucket("photos").status();
  EXPECT_EQ(ReasonOf(refused), ErrorReason::kOverloaded);
  EXPECT_EQ(RetryAfterOf(refused), absl::Seconds(20));
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
}

TEST_F(ClientFailures, GivesUpAReadAfterTheLastAttempt) {
  gateway_.FailNext(100, absl::UnavailableError("restarting"));
  EXPECT_TRUE(absl::IsUnavailable(client_.HeadBucket("photos").status()));
  EXPECT_EQ(gateway_.calls(), 4);
}

TEST_F(ClientFailures, DoesNotRepeatWhatWillNotChange) {
  gateway_.FailNext(100, absl::PermissionDeniedError("no"));
  EXPECT_TRUE(absl::IsPermissionDenied(client_.HeadBucket("photos").status()));
  EXPECT_EQ(gateway_.calls(), 1);
}

TEST(ClientOfAnOldGateway, DoesNotRepeatAWriteThatMayHaveTakenEffect) {
  FakeGateway gateway(FakeGateway::Options{.sessions = false});
  gateway.AddBucket("photos");
  const Client client = *Client::Create({.endpoint = gateway.endpoint()});
  gateway.FailNext(100, absl::UnavailableError("who knows"));
  EXPECT_TRUE(absl::IsUnavailable(client.CreateBucket("music").status()));
  EXPECT_TRUE(absl::IsUnavailable(client.DeleteObject("photos", "a").status()));
  EXPECT_TRUE(absl::IsUnavailable(client.PutObject("photos", "a", Zeros(10)).status()));
  EXPECT_EQ(gateway.calls(), 3);
}

TEST_F(ClientFailures, RepeatsAWriteThatTheServerSaysItDidNotDo) {
  const absl::Status refused =
      MakeError(absl::StatusCode::kUnavailable, v1::QUORUM_NOT_MET, "one copy of two");
  gateway_.FailNext(2, refused);
  EXPECT_TRUE(client_.PutObject("photos", "a", Zeros(10)).ok());
  EXPECT_EQ(gateway_.calls(), 3);
  EXPECT_EQ(gateway_.DataOf("photos", "a"), std::string(10, '\0'));
}

TEST_F(ClientFailures, DoesNotRepeatAnUploadWhoseSourceIsUsedUp) {
  gateway_.FailNext(1, MakeError(absl::StatusCode::kUnavailable, v1::QUORUM_NOT_MET, "one copy"));
  const auto put = client_.PutObject("photos", "a", Zeros(5'000'000));
  EXPECT_EQ(ReasonOf(put.status()), ErrorReason::kQuorumNotMet);
}

TEST_F(ClientFailures, RetriesOfAllCallsShareABudget) {
  gateway_.FailNext(1'000, absl::UnavailableError("restarting"));
  for (int i = 0; i < 12; ++i) EXPECT_FALSE(client_.HeadBucket("photos").ok());
  EXPECT_EQ(gateway_.calls(), 12 + 20);
}

TEST_F(ClientFailures, RetriesThatFoundNoConnectionDoNotUseUpTheBudget) {
  const std::string endpoint = gateway_.endpoint();
  ASSERT_TRUE(client_.HeadBucket("photos").ok());
  gateway_.Stop();
  // Far more than the budget has.
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([this] { EXPECT_FALSE(client_.HeadBucket("photos").ok()); });
  }
  threads.clear();
  FakeGateway again(FakeGateway::Options{.port = PortOf(endpoint)});
  again.AddBucket("photos");
  again.FailNext(2, absl::UnavailableError("restarting"));
  EXPECT_TRUE(client_.HeadBucket("photos").ok());
  EXPECT_EQ(again.calls(), 3) << "found at once, and repeated";
}

TEST_F(ClientFailures, ContinuesADownloadThatBroke) {
  std::string data(1'000'000, 'x');
  for (size_t i = 0; i < data.size(); i += 997) data[i] = static_cast<char>(i);
  gateway_.AddObject("photos", "a", data);
  gateway_.BreakGetsAfter(300'000, 3);
  std::string got;
  const auto info = client_.GetObject("photos", "a", [&got](absl::string_view bytes) {
    got.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  });
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_TRUE(got == data);
  EXPECT_EQ(gateway_.calls(), 4);
}

TEST_F(ClientFailures, DoesNotMixTwoVersionsInOneDownload) {
  gateway_.AddObject("photos", "a", std::string(1'000'000, '1'));
  gateway_.BreakGetsAfter(300'000, 1);
  auto reader = client_.OpenObject("photos", "a");
  ASSERT_TRUE(reader.ok());
  gateway_.AddObject("photos", "a", std::string(1'000'000, '2'));
  absl::StatusOr<absl::string_view> next = reader->Next();
  while (next.ok() && !next->empty()) next = reader->Next();
  EXPECT_TRUE(absl::IsAborted(next.status())) << next.status();
  EXPECT_TRUE(absl::IsAborted(reader->Next().status())) << "the error stays";
}

TEST_F(ClientFailures, DetectsDamagedBytesOfADownload) {
  gateway_.AddObject("photos", "a", std::string(100'000, 'x'));
  gateway_.CorruptGets();
  const auto got = client_.GetObject("photos", "a", Discard);
  EXPECT_TRUE(absl::IsDataLoss(got.status())) << got.status();
  EXPECT_EQ(ReasonOf(got.status()), ErrorReason::kChecksumMismatch);
}

TEST_F(ClientFailures, DetectsThatSomethingElseWasStored) {
  gateway_.CorruptPutAnswers();
  const auto put = client_.PutObject("photos", "a", Zeros(10));
  EXPECT_EQ(ReasonOf(put.status()), ErrorReason::kChecksumMismatch) << put.status();
}

TEST_F(ClientFailures, GivesUpATransferThatStandsStill) {
  gateway_.AddObject("photos", "a", std::string(300'000, 'x'));
  gateway_.HangGets();
  const Client impatient = MakeClient({.idle_timeout = absl::Milliseconds(200)});
  const auto got = impatient.GetObject("photos", "a", Discard);
  EXPECT_TRUE(absl::IsDeadlineExceeded(got.status())) << got.status();
  EXPECT_THAT(std::string(got.status().message()), HasSubstr("nothing moved"));
}

TEST_F(ClientFailures, ASmallPutThatIsNotAnsweredIsGivenUp) {
  gateway_.HoldTransfersUntil(2);  // for a second
  const Client impatient = MakeClient({.idle_timeout = absl::Milliseconds(200)});
  const auto put = impatient.PutObject("photos", "a", "small");
  EXPECT_TRUE(absl::IsDeadlineExceeded(put.status())) << put.status();
  EXPECT_THAT(std::string(put.status().message()), HasSubstr("nothing moved"));
  EXPECT_EQ(gateway_.most_transfers(), 1) << "it was made again";
}

TEST_F(ClientFailures, AStopEndsASmallPut) {
  gateway_.HoldTransfersUntil(2);
  std::stop_source stop;
  const Client client = MakeClient({.stop = stop.get_token()});
  std::thread stopping([&] {
    absl::SleepFor(absl::Milliseconds(200));
    stop.request_stop();
  });
  const auto put = client.PutObject("photos", "a", "small");
  EXPECT_TRUE(absl::IsCancelled(put.status())) << put.status();
  stopping.join();
}

TEST_F(ClientFailures, AStopRequestEndsATransfer) {
  gateway_.AddObject("photos", "a", std::string(300'000, 'x'));
  gateway_.HangGets();
  std::stop_source stop;
  const Client client = MakeClient({.stop = stop.get_token()});
  const auto got = client.GetObject("photos", "a", [&stop](absl::string_view) {
    stop.request_stop();
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsCancelled(got.status())) << got.status();
}

TEST_F(ClientFailures, AnUploadEndsEarlyWhenTheBucketIsMissing) {
  const auto put = client_.PutObject("nowhere", "a", [](char* to, size_t size) {
    std::memset(to, 0, size);  // without end
    return absl::StatusOr<size_t>(size);
  });
  EXPECT_TRUE(absl::IsNotFound(put.status())) << put.status();
}

TEST_F(ClientFailures, NamesAnEndpointThatRefuses) {
  gateway_.Stop();
  for (const absl::Status& status :
       {client_.ListBuckets().status(), client_.CreateBucket("music").status(),
        client_.PutObject("photos", "a", Zeros(1)).status(),
        client_.GetObject("photos", "a", Discard).status()}) {
    EXPECT_TRUE(absl::IsUnavailable(status));
    EXPECT_THAT(std::string(status.message()), HasSubstr(gateway_.endpoint()));
  }
}

TEST(ClientAtTheWrongPort, SaysThatItAnswersHttp) {
  HttpPort http;
  const Client client = *Client::Create({.endpoint = http.endpoint()});
  const absl::Status status = client.ListBuckets().status();
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(status.message(),
            http.endpoint() + " answers HTTP, not gRPC; the gRPC port is 9100 by default");
  EXPECT_EQ(client.PutObject("photos", "a", Zeros(1)).status().message(), status.message());
}

}  // namespace
}  // namespace trebol::client
