#include "tests/testing/health_probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace trebol {
namespace {

absl::Status Unreachable(absl::string_view endpoint, absl::string_view what) {
  const int error = errno;
  return absl::UnavailableError(absl::StrCat(endpoint, ": ", what, ": ", strerror(error)));
}

bool ParseEndpoint(absl::string_view endpoint, sockaddr_in& address) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(endpoint, ':');
  int port = 0;
  address = {};
  address.sin_family = AF_INET;
  if (!absl::SimpleAtoi(parts.second, &port) || port <= 0 || port > 65535) return false;
  address.sin_port = htons(static_cast<uint16_t>(port));
  return inet_pton(AF_INET, parts.first.c_str(), &address.sin_addr) == 1;
}

}  // namespace

absl::StatusOr<int> ProbeReady(absl::string_view endpoint, absl::Duration timeout) {
  sockaddr_in address;
  if (!ParseEndpoint(endpoint, address)) {
    return absl::InvalidArgumentError(absl::StrCat("'", endpoint, "' is not ADDRESS:PORT"));
  }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return Unreachable(endpoint, "socket");
  const absl::Cleanup close_socket = [fd] { close(fd); };
  const timeval limit = absl::ToTimeval(timeout);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);  // for connect too
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Unreachable(endpoint, "connect");
  }
  const std::string request = absl::StrCat("GET /health/ready HTTP/1.1\r\nHost: ", endpoint,
                                           "\r\nConnection: close\r\n\r\n");
  if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return Unreachable(endpoint, "send");
  }
  std::string answer;
  char buffer[512];
  constexpr size_t kStatusLine = 13;  // "HTTP/1.1 200 "
  while (answer.size() < kStatusLine) {
    const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got < 0) return Unreachable(endpoint, "receive");
    if (got == 0) break;
    answer.append(buffer, static_cast<size_t>(got));
  }
  int code = 0;
  if (answer.size() < kStatusLine || !absl::SimpleAtoi(answer.substr(9, 3), &code)) {
    return absl::UnavailableError(absl::StrCat(endpoint, ": the answer is not HTTP"));
  }
  return code;
}

}  // namespace trebol
