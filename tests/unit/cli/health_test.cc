#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/unit/cli/cli_test.h"

namespace trebol::cli {
namespace {

using ::testing::HasSubstr;

/// An admin port that gives one answer to one request.
class OneAnswer {
 public:
  explicit OneAnswer(const std::string& answer) : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer] {
      const int peer = accept(listener_, nullptr, nullptr);
      char request[4096];
      const ssize_t got = read(peer, request, sizeof request);
      request_.assign(request, got > 0 ? static_cast<size_t>(got) : 0);
      (void)!write(peer, answer.data(), answer.size());
      close(peer);
    });
  }
  ~OneAnswer() {
    shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    close(listener_);
  }
  std::string endpoint() const { return absl::StrCat("127.0.0.1:", port_); }
  std::string Request() {
    thread_.join();
    return request_;
  }

 private:
  const int listener_;
  int port_ = 0;
  std::string request_;
  std::thread thread_;
};

using HealthTest = CliTest;

TEST_F(HealthTest, AReadyServerIsDone) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nready\n");
  EXPECT_EQ(Run({"health", server.endpoint()}), 0) << err();
  EXPECT_EQ(out(), "ready\n");
  EXPECT_THAT(server.Request(), HasSubstr("GET /health/ready HTTP/1.1\r\n"));
}

TEST_F(HealthTest, AServerThatIsNotReadySaysWhy) {
  OneAnswer server(
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 11\r\nConnection: close\r\n\r\nno "
      "session\n");
  EXPECT_EQ(Run({"health", "--live", server.endpoint()}), 5);
  EXPECT_EQ(err(), "trebol: health: " + server.endpoint() + ": not ready (HTTP 503): no session\n");
  EXPECT_THAT(server.Request(), HasSubstr("GET /health/live HTTP/1.1\r\n"));
}

TEST_F(HealthTest, AsksOfTheCluster) {
  OneAnswer whole("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nyes\n");
  EXPECT_EQ(Run({"health", "--cluster", whole.endpoint()}), 0) << err();
  EXPECT_THAT(whole.Request(), HasSubstr("GET /health/cluster HTTP/1.1\r\n"));
  OneAnswer needed(
      "HTTP/1.1 412 Precondition Failed\r\nContent-Length: 8\r\nConnection: "
      "close\r\n\r\nwithout\n");
  EXPECT_EQ(Run({"health", "--maintenance", needed.endpoint()}), 5);
  EXPECT_EQ(err(), "trebol: health: " + needed.endpoint() +
                       ": may not be taken away (HTTP 412): without\n");
  EXPECT_THAT(needed.Request(), HasSubstr("GET /health/cluster?maintenance=true HTTP/1.1\r\n"));
  OneAnswer broken(
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\nConnection: close\r\n\r\naway\n");
  EXPECT_EQ(Run({"health", "--cluster", broken.endpoint()}), 5);
  EXPECT_THAT(err(), HasSubstr("the cluster does not take all writes (HTTP 503): away"));
  broken.Request();
  EXPECT_EQ(Run({"health", "--live", "--cluster", "127.0.0.1:1"}), 2);
}

TEST_F(HealthTest, NothingThereIsUnavailable) {
  EXPECT_EQ(Run({"health", "127.0.0.1:1"}), 5);
  EXPECT_EQ(err(), "trebol: health: 127.0.0.1:1 cannot be reached: Connection refused\n");
  EXPECT_EQ(Run({"health", "nonsense"}), 2);
  EXPECT_EQ(Run({"health"}), 2);
}

}  // namespace
}  // namespace trebol::cli
