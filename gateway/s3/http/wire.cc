#include "gateway/s3/http/wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <utility>

#include "common/base/check.h"
#include "common/base/limits.h"

namespace trebol {
namespace {

using boost::asio::ip::tcp;

constexpr size_t kMostPieces = 64;         // of one gathering write
constexpr int kMostUnsent = 256 * 1024;    // bytes that wait in the kernel to be sent
constexpr size_t kRecordSize = 16 * kKiB;  // of TLS, at most

absl::Status Gone() { return absl::CancelledError("the client went away"); }

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

int SocketOf(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

int BioRead(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  ssize_t got = 0;
  do got = recv(SocketOf(bio), to, static_cast<size_t>(size), 0);
  while (got < 0 && errno == EINTR);
  if (got < 0 && WouldBlock()) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

int BioWrite(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  ssize_t sent = 0;
  do sent = send(SocketOf(bio), from, static_cast<size_t>(size), MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent < 0 && WouldBlock()) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

long BioControl(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// OpenSSL's own writes without MSG_NOSIGNAL: a client that left would end the process.
const BIO_METHOD* SocketMethod() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_read(made, BioRead);
    BIO_meth_set_write(made, BioWrite);
    BIO_meth_set_ctrl(made, BioControl);
    return made;
  }();
  return method;
}

std::string PeerOf(const tcp::socket& socket) {
  boost::system::error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  return error ? "unknown" : peer.address().to_string();
}

}  // namespace

Wire::Wire(tcp::socket socket, std::shared_ptr<SSL_CTX> tls)
    : socket_(std::move(socket)), peer_(PeerOf(socket_)) {
  boost::system::error_code error;
  socket_.native_non_blocking(true, error);
  socket_.set_option(tcp::no_delay(true), error);
  // What the kernel takes ahead of the network is memory too, and hides that a client is slow.
  (void)setsockopt(this->socket(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMostUnsent,
                   sizeof kMostUnsent);
  // A machine that vanished is noticed also while nothing is to be sent.
  socket_.set_option(boost::asio::socket_base::keep_alive(true), error);
  if (tls == nullptr) return;
  ssl_.reset(SSL_new(tls.get()));
  BIO* const bio = BIO_new(SocketMethod());
  TREBOL_CHECK(ssl_ != nullptr && bio != nullptr);  // no memory
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(this->socket())));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
}

Task<void> Wire::Handshake() {
  while (true) {
    ERR_clear_error();
    const int result = SSL_accept(ssl_.get());
    if (result == 1) co_return absl::OkStatus();
    if (!co_await Await(WantOf(result))) co_return Gone();
  }
}

Task<void> Wire::AwaitInput() {
  if (ssl_ != nullptr && SSL_has_pending(ssl_.get()) != 0) co_return absl::OkStatus();
  if (!co_await Await(Want::kInput)) co_return Gone();
  co_return absl::OkStatus();
}

Task<size_t> Wire::Read(absl::Span<char> into) {
  while (true) {
    Want want = Want::kNothing;
    const ssize_t got = TryRead(into, &want);
    if (got >= 0) co_return static_cast<size_t>(got);
    if (!co_await Await(want)) co_return Gone();
  }
}

Task<size_t> Wire::WriteSome(const Bytes& data) {
  while (true) {
    Want want = Want::kNothing;
    const ssize_t sent = TryWrite(data, &want);
    if (sent > 0) co_return static_cast<size_t>(sent);
    if (!co_await Await(want)) co_return Gone();
  }
}

boost::asio::awaitable<bool> Wire::Await(Want want) {
  if (want != Want::kInput && want != Want::kOutput) co_return false;
  boost::system::error_code error;
  co_await socket_.async_wait(
      want == Want::kInput ? tcp::socket::wait_read : tcp::socket::wait_write,
      boost::asio::redirect_error(boost::asio::use_awaitable, error));
  co_return !error;
}

// OpenSSL's errors are the thread's, and the coroutine changes threads: cleared before each call.
Wire::Want Wire::WantOf(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  if (error == SSL_ERROR_WANT_READ) return Want::kInput;
  if (error == SSL_ERROR_WANT_WRITE) return Want::kOutput;
  return Want::kGone;
}

ssize_t Wire::TryRead(absl::Span<char> into, Want* want) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), into.data(), static_cast<int>(into.size()));
    if (got > 0) return got;
    if (SSL_get_error(ssl_.get(), got) == SSL_ERROR_ZERO_RETURN) return 0;
    *want = WantOf(got);
    return -1;
  }
  while (true) {
    const ssize_t got = recv(socket(), into.data(), into.size(), 0);
    if (got >= 0) return got;
    if (errno == EINTR) continue;
    *want = WouldBlock() ? Want::kInput : Want::kGone;
    return -1;
  }
}

ssize_t Wire::TryWrite(const Bytes& data, Want* want) {
  if (ssl_ != nullptr) {
    // Small pieces go out in one record: a try that is repeated begins with the same bytes.
    absl::string_view piece = *data.chunk_begin();
    std::string joined;
    if (piece.size() < kRecordSize && piece.size() < data.size()) {
      joined = std::string(data.Subcord(0, kRecordSize));
      piece = joined;
    }
    ERR_clear_error();
    const int sent =
        SSL_write(ssl_.get(), piece.data(), static_cast<int>(std::min<size_t>(piece.size(), kMiB)));
    if (sent > 0) return sent;
    *want = WantOf(sent);
    return -1;
  }
  std::array<iovec, kMostPieces> pieces = {};
  msghdr message = {};
  message.msg_iov = pieces.data();
  for (absl::string_view piece : data.Chunks()) {
    if (message.msg_iovlen == kMostPieces) break;
    pieces[message.msg_iovlen++] = {const_cast<char*>(piece.data()), piece.size()};
  }
  while (true) {
    const ssize_t sent = sendmsg(socket(), &message, MSG_NOSIGNAL);
    if (sent >= 0) return sent;
    if (errno == EINTR) continue;
    *want = WouldBlock() ? Want::kOutput : Want::kGone;
    return -1;
  }
}

void Wire::EndSending() {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  shutdown(socket(), SHUT_WR);
}

void Wire::BreakOff() {
  const struct linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(socket(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace trebol
