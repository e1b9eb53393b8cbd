#include "tests/bench/s3_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/sigv4/sigv4.h"

namespace trebol::bench {
namespace {

constexpr size_t kReadSize = 256 * 1024;

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

absl::Status Broken(absl::string_view what) {
  return absl::ErrnoToStatus(errno == 0 ? EPIPE : errno, what);
}

}  // namespace

S3Connection::S3Connection(int socket, std::string host)
    : socket_(socket),
      host_(std::move(host)),
      signer_({Variable("AWS_ACCESS_KEY_ID"), Variable("AWS_SECRET_ACCESS_KEY")}, "us-east-1") {}

S3Connection::S3Connection(S3Connection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      host_(other.host_),
      signer_(other.signer_),
      buffer_(std::move(other.buffer_)) {}

S3Connection::~S3Connection() {
  if (socket_ >= 0) close(socket_);
}

absl::StatusOr<S3Connection> S3Connection::Open(const std::string& endpoint) {
  const std::pair<std::string, std::string> sides = absl::StrSplit(endpoint, ':');
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  uint32_t port = 0;
  if (!absl::SimpleAtoi(sides.second, &port) ||
      inet_pton(AF_INET, sides.first.c_str(), &address.sin_addr) != 1) {
    return absl::InvalidArgumentError(absl::StrCat("'", endpoint, "' is no address"));
  }
  address.sin_port = htons(static_cast<uint16_t>(port));
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return Broken("no socket");
  S3Connection connection(socket, endpoint);
  const int on = 1;
  (void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Broken(absl::StrCat("cannot connect to ", endpoint));
  }
  return connection;
}

absl::Status S3Connection::Send(const std::string& method, const std::string& path,
                                const std::string& query, absl::string_view body) {
  RequestHead head{method, path, query, {{"host", host_}}};
  RETURN_IF_ERROR(signer_.Sign(absl::Now(), sigv4::kUnsignedPayload, &head).status());
  std::string text =
      absl::StrCat(method, " ", path, query.empty() ? "" : "?", query, " HTTP/1.1\r\n");
  for (const auto& [name, value] : head.headers) absl::StrAppend(&text, name, ": ", value, "\r\n");
  absl::StrAppend(&text, "content-length: ", body.size(), "\r\n\r\n");
  for (absl::string_view left : {absl::string_view(text), body}) {
    while (!left.empty()) {
      const ssize_t sent = send(socket_, left.data(), left.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return Broken("cannot send");
      left.remove_prefix(static_cast<size_t>(sent));
    }
  }
  return absl::OkStatus();
}

absl::Status S3Connection::Fill() {
  const size_t before = buffer_.size();
  buffer_.resize(before + kReadSize);
  ssize_t got = 0;
  do {
    got = recv(socket_, buffer_.data() + before, kReadSize, 0);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  return got > 0 ? absl::OkStatus() : Broken("the server ended the connection");
}

absl::StatusOr<S3Connection::Head> S3Connection::ReadHead() {
  size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) RETURN_IF_ERROR(Fill());
  Head head;
  const std::string text = buffer_.substr(0, end);
  buffer_.erase(0, end + 4);
  if (text.size() < 12 || !absl::SimpleAtoi(text.substr(9, 3), &head.status)) {
    return absl::InternalError("no answer of HTTP");
  }
  for (absl::string_view line : absl::StrSplit(text, "\r\n")) {
    const size_t colon = line.find(':');
    if (colon == absl::string_view::npos ||
        !absl::EqualsIgnoreCase(line.substr(0, colon), "content-length")) {
      continue;
    }
    (void)absl::SimpleAtoi(absl::StripAsciiWhitespace(line.substr(colon + 1)), &head.length);
  }
  return head;
}

absl::StatusOr<std::string> S3Connection::Ask(const std::string& method, const std::string& path,
                                              const std::string& query, absl::string_view body) {
  RETURN_IF_ERROR(Send(method, path, query, body));
  ASSIGN_OR_RETURN(const Head head, ReadHead());
  while (buffer_.size() < head.length) RETURN_IF_ERROR(Fill());
  std::string answer = buffer_.substr(0, head.length);
  buffer_.erase(0, head.length);
  if (head.status / 100 == 2) return answer;
  return absl::UnknownError(absl::StrCat(method, " ", path, ": ", head.status, " ", answer));
}

absl::StatusOr<uint64_t> S3Connection::Drain(const std::string& path) {
  RETURN_IF_ERROR(Send("GET", path, "", ""));
  ASSIGN_OR_RETURN(const Head head, ReadHead());
  for (uint64_t left = head.length; left > 0;) {
    if (buffer_.empty()) RETURN_IF_ERROR(Fill());
    const size_t taken = std::min<uint64_t>(left, buffer_.size());
    if (taken == buffer_.size()) {
      buffer_.clear();
    } else {
      buffer_.erase(0, taken);
    }
    left -= taken;
  }
  if (head.status / 100 != 2) return absl::UnknownError(absl::StrCat(path, ": ", head.status));
  return head.length;
}

absl::Status S3Connection::Request(const std::string& path) { return Send("GET", path, "", ""); }

absl::StatusOr<size_t> S3Connection::ReadSome(size_t size) {
  std::string bytes(size, '\0');
  const ssize_t got = recv(socket_, bytes.data(), size, 0);
  if (got < 0) return Broken("cannot read");
  return static_cast<size_t>(got);
}

}  // namespace trebol::bench
