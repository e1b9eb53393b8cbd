#include "tests/testing/fault_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

constexpr int kPatienceMs = 30'000;
constexpr int kSilenceMs = 100;  // that nothing comes cannot be waited for to the end

sockaddr_in Address(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

/// A blocking socket that closes itself.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() { Close(); }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }
  int fd() const { return fd_; }

  bool Readable(int timeout_ms) const {
    pollfd polled = {fd_, POLLIN, 0};
    return poll(&polled, 1, timeout_ms) == 1;
  }
  void Send(const std::string& bytes) const {
    ASSERT_EQ(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  /// The next `size` bytes; less at the end, "RESET" after a reset, "TIMEOUT" when none come.
  std::string Receive(size_t size) const {
    std::string bytes;
    while (bytes.size() < size) {
      if (!Readable(kPatienceMs)) return "TIMEOUT";
      std::string piece(size - bytes.size(), '\0');
      const ssize_t count = recv(fd_, piece.data(), piece.size(), 0);
      if (count < 0) return "RESET";
      if (count == 0) break;
      bytes.append(piece, 0, static_cast<size_t>(count));
    }
    return bytes;
  }

 private:
  int fd_;
};

class FaultProxyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    sockaddr_in address = Address(0);
    socklen_t size = sizeof address;
    ASSERT_EQ(bind(listener_.fd(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(listen(listener_.fd(), 16), 0);
    ASSERT_EQ(getsockname(listener_.fd(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    auto proxy = FaultProxy::Start({.target = absl::StrCat("127.0.0.1:", ntohs(address.sin_port))});
    ASSERT_TRUE(proxy.ok()) << proxy.status();
    proxy_ = *std::move(proxy);
  }

  Socket Connect() {
    const std::vector<std::string> parts = absl::StrSplit(proxy_->endpoint(), ':');
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(parts[1], &port));
    Socket client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = Address(port);
    EXPECT_EQ(connect(client.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return client;
  }
  Socket Accept() {
    EXPECT_TRUE(listener_.Readable(kPatienceMs));
    return Socket(accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  std::pair<Socket, Socket> ConnectBoth() {
    Socket client = Connect();
    return {std::move(client), Accept()};
  }
  bool AwaitOpen(uint64_t open) {
    for (int i = 0; i < kPatienceMs / 10 && proxy_->counts().open != open; ++i) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    return proxy_->counts().open == open;
  }

  Socket listener_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::unique_ptr<FaultProxy> proxy_;
};

TEST_F(FaultProxyTest, PassesBothWaysAndTheEndOfEach) {
  auto [client, server] = ConnectBoth();
  client.Send("question");
  EXPECT_EQ(server.Receive(8), "question");
  server.Send("answer");
  EXPECT_EQ(client.Receive(6), "answer");
  shutdown(client.fd(), SHUT_WR);
  EXPECT_EQ(server.Receive(1), "");
  server.Send("last words");  // the other direction is still open
  server.Close();
  EXPECT_EQ(client.Receive(100), "last words");
  EXPECT_TRUE(AwaitOpen(0));
  EXPECT_EQ(proxy_->counts().passed, 24u);
  EXPECT_EQ(proxy_->counts().connections, 1u);
  EXPECT_EQ(proxy_->counts().reset, 0u);
}

TEST_F(FaultProxyTest, PassesMuchInOrder) {
  auto [client, server] = ConnectBoth();
  std::string sent;
  for (int i = 0; sent.size() < 20'000'000; ++i) absl::StrAppend(&sent, i, ",");
  std::thread sender([&client, &sent] { client.Send(sent); });
  EXPECT_TRUE(server.Receive(sent.size()) == sent);
  sender.join();
}

TEST_F(FaultProxyTest, ACutIsSilentAndWhatWaitedArrivesAfterIt) {
  auto [client, server] = ConnectBoth();
  client.Send("before");
  EXPECT_EQ(server.Receive(6), "before");
  proxy_->Set(LinkFaults::Cut());
  client.Send("under");
  server.Send("way");
  EXPECT_FALSE(server.Readable(kSilenceMs));
  EXPECT_FALSE(client.Readable(kSilenceMs));
  Socket late = Connect();  // seems to open
  late.Send("late");
  EXPECT_FALSE(listener_.Readable(kSilenceMs));
  client.Close();  // the other side does not hear of it
  EXPECT_FALSE(server.Readable(kSilenceMs));
  proxy_->Heal();
  EXPECT_EQ(server.Receive(6), "under");
  EXPECT_EQ(server.Receive(1), "");
  EXPECT_EQ(Accept().Receive(4), "late");
}

TEST_F(FaultProxyTest, BehindACutADeadServerIsNotNoticed) {
  proxy_->Set(LinkFaults::Cut());
  listener_.Close();
  Socket client = Connect();
  EXPECT_FALSE(client.Readable(kSilenceMs));
  proxy_->Heal();
  EXPECT_EQ(client.Receive(1), "RESET");
}

TEST_F(FaultProxyTest, MuteLetsQuestionsThroughButNoAnswers) {
  auto [client, server] = ConnectBoth();
  proxy_->Set(LinkFaults::Mute());
  client.Send("question");
  EXPECT_EQ(server.Receive(8), "question");
  server.Send("answer");
  EXPECT_FALSE(client.Readable(kSilenceMs));
  proxy_->Heal();
  EXPECT_EQ(client.Receive(6), "answer");
}

TEST_F(FaultProxyTest, ADelayIsAtLeastAsLongAsAskedAndKeepsTheOrder) {
  auto [client, server] = ConnectBoth();
  proxy_->Set(LinkFaults::Slow(absl::Milliseconds(100), absl::Milliseconds(60)));
  const absl::Time start = absl::Now();
  std::string sent;
  for (int i = 0; i < 50; ++i) {
    client.Send(absl::StrCat("piece ", i, ";"));
    absl::StrAppend(&sent, "piece ", i, ";");
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(server.Receive(sent.size()), sent);
  server.Send("answer");
  EXPECT_EQ(client.Receive(6), "answer");
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(100));
}

TEST_F(FaultProxyTest, ResetReachesBothSidesAndNewConnectionsPass) {
  auto [client, server] = ConnectBoth();
  client.Send("question");
  EXPECT_EQ(server.Receive(8), "question");
  proxy_->ResetAll();
  EXPECT_EQ(client.Receive(1), "RESET");
  EXPECT_EQ(server.Receive(1), "RESET");
  EXPECT_TRUE(AwaitOpen(0));
  auto [again, again_server] = ConnectBoth();
  again.Send("question");
  EXPECT_EQ(again_server.Receive(8), "question");
}

TEST_F(FaultProxyTest, HalfOpenTheClientTalksToNobody) {
  auto [client, server] = ConnectBoth();
  client.Send("question");
  EXPECT_EQ(server.Receive(8), "question");
  proxy_->LoseServers();
  EXPECT_EQ(server.Receive(1), "RESET");
  client.Send("anyone?");
  EXPECT_FALSE(client.Readable(kSilenceMs));
  client.Close();
  EXPECT_TRUE(AwaitOpen(0));
}

TEST_F(FaultProxyTest, RefusesNewConnectionsAndKeepsTheOldOnes) {
  auto [client, server] = ConnectBoth();
  proxy_->Set({.refuse = true});
  EXPECT_EQ(Connect().Receive(1), "RESET");
  client.Send("question");
  EXPECT_EQ(server.Receive(8), "question");
  EXPECT_EQ(proxy_->counts().refused, 1u);
}

TEST_F(FaultProxyTest, ADeadServerIsAReset) {
  listener_.Close();
  EXPECT_EQ(Connect().Receive(1), "RESET");
}

TEST_F(FaultProxyTest, CorruptsAboutOneByteInSoMany) {
  auto [client, server] = ConnectBoth();
  proxy_->Set({.to_server = {.corrupt_one_in = 10'000}});
  const std::string sent(1'000'000, 'x');
  std::thread sender([&client, &sent] { client.Send(sent); });
  const std::string received = server.Receive(sent.size());
  sender.join();
  ASSERT_EQ(received.size(), sent.size());
  server.Send(sent.substr(0, 100'000));  // the other direction is as it should be
  EXPECT_EQ(client.Receive(100'000), sent.substr(0, 100'000));
  client.Close();
  server.Close();
  EXPECT_TRUE(AwaitOpen(0));  // and all is counted
  uint64_t wrong = 0;
  for (size_t i = 0; i < sent.size(); ++i) wrong += received[i] != sent[i];
  EXPECT_EQ(wrong, proxy_->counts().corrupted);
  EXPECT_GT(wrong, 50u);  // 100 are expected, give or take ten
  EXPECT_LT(wrong, 200u);
}

TEST_F(FaultProxyTest, ATargetThatIsNoEndpointIsRefused) {
  for (const char* target : {"", "localhost:80", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(FaultProxy::Start({.target = target}).status())) << target;
  }
}

}  // namespace
}  // namespace trebol
