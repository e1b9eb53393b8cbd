#include "tests/unit/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

}  // namespace

RawClient::RawClient(uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  const sockaddr_in address = Loopback(port);
  TREBOL_CHECK(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

RawClient::~RawClient() { close(socket_); }

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

std::string RawClient::ReadAll() { return ReadUntil(""); }

std::string RawClient::ReadUntil(const std::string& end) {
  std::string got;
  char buffer[4096];
  while (end.empty() || !absl::StrContains(got, end)) {
    const ssize_t now = recv(socket_, buffer, sizeof buffer, 0);
    if (now <= 0) break;
    got.append(buffer, static_cast<size_t>(now));
  }
  return got;
}

RawServer::RawServer() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
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
