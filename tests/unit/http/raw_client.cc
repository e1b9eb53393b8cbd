#include "tests/unit/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/match.h"
#include "common/base/check.h"

namespace trebol {
namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// Longer than any answer takes, and less than a server's idle timeout or a test's: who waits for
// what never comes ends here, in the test that does, not somewhere in a program that is killed.
constexpr timeval kMostWait = {.tv_sec = 60, .tv_usec = 0};

ssize_t Receive(int socket, char* into, size_t size) {
  const ssize_t got = recv(socket, into, size, 0);
  TREBOL_CHECK(got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK));  // nothing came in a minute
  return got;
}

}  // namespace

RawClient::RawClient(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const sockaddr_in address = Loopback(port);
  TREBOL_CHECK(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  TREBOL_CHECK(setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kMostWait, sizeof kMostWait) == 0);
}

RawClient::~RawClient() {
  if (socket_ >= 0) close(socket_);
}

bool RawClient::Send(const std::string& bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t now = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) return false;
    sent += static_cast<size_t>(now);
  }
  return true;
}

void RawClient::EndSending() { shutdown(socket_, SHUT_WR); }

void RawClient::Reset() {
  const struct linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(socket_);
  socket_ = -1;
}

void RawClient::KeepLittle(int bytes) {
  TREBOL_CHECK(setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) == 0);
}

std::string RawClient::ReadExactly(size_t size) {
  std::string got(size, 0);
  size_t have = 0;
  while (have < size) {
    const ssize_t now = Receive(socket_, got.data() + have, size - have);
    if (now <= 0) break;
    have += static_cast<size_t>(now);
  }
  got.resize(have);
  return got;
}

bool RawClient::EndsWell() {
  char buffer[4096];
  while (true) {
    const ssize_t now = Receive(socket_, buffer, sizeof buffer);
    if (now <= 0) return now == 0;
  }
}

std::string RawClient::ReadAll() { return ReadUntil(""); }

std::string RawClient::ReadUntil(const std::string& end) {
  std::string got;
  char buffer[4096];
  while (end.empty() || !absl::StrContains(got, end)) {
    const ssize_t now = Receive(socket_, buffer, sizeof buffer);
    if (now <= 0) break;
    got.append(buffer, static_cast<size_t>(now));
  }
  return got;
}

RawServer::RawServer() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  TREBOL_CHECK(bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  TREBOL_CHECK(listen(socket_, 8) == 0);
  TREBOL_CHECK(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
}

RawServer::~RawServer() { close(socket_); }

void RawServer::AnswerOnce(const std::string& bytes) {
  const int client = accept(socket_, nullptr, nullptr);
  char buffer[4096];
  TREBOL_CHECK(recv(client, buffer, sizeof buffer, 0) > 0);
  size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t now = send(client, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) break;  // the client has had enough
    sent += static_cast<size_t>(now);
  }
  close(client);
}

}  // namespace trebol
