#pragma once

// Inside of this room only: Asio and OpenSSL are in it.

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/async/task.h"
#include "common/base/bytes.h"

namespace trebol {

/// The bytes of one client, with or without TLS. Tries first and waits for the socket only if there
/// is nothing to do, so that no buffer is held while waiting; Asio's and Beast's TLS streams hold
/// about 70 KiB each for as long as they live. One task at a time. Every failure is CANCELLED: the
/// client is gone.
class Wire {
 public:
  /// `tls` null: none.
  Wire(boost::asio::ip::tcp::socket socket, std::shared_ptr<SSL_CTX> tls);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool secure() const { return ssl_ != nullptr; }
  int socket() { return socket_.native_handle(); }
  const std::string& peer() const { return peer_; }

  /// Before all else, if it is secure.
  Task<void> Handshake();
  /// Suspends until Read has something to say.
  Task<void> AwaitInput();
  /// At least one byte; 0 at the end.
  Task<size_t> Read(absl::Span<char> into);
  /// A part from the front of `data`, which is not empty: how many bytes went out.
  Task<size_t> WriteSome(const Bytes& data);
  /// No more is sent; the client reads an end.
  void EndSending();
  /// The client reads a reset, not an end.
  void BreakOff();

 private:
  enum class Want { kNothing, kInput, kOutput, kGone };

  boost::asio::awaitable<bool> Await(Want want);
  ssize_t TryRead(absl::Span<char> into, Want* want);
  ssize_t TryWrite(const Bytes& data, Want* want);
  Want WantOf(int result);

  boost::asio::ip::tcp::socket socket_;
  const std::string peer_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
};

}  // namespace trebol
