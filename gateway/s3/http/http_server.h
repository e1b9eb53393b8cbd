#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/async/runtime.h"
#include "common/base/limits.h"
#include "common/config/endpoint.h"
#include "gateway/s3/http/http_exchange.h"

namespace trebol {

struct HttpServerOptions {
  Endpoint endpoint;  // port 0: any free one
  /// PEM files: the chain, and the key of its first certificate. Both or none; none: plain HTTP.
  /// They are read again when they change; a pair that does not fit leaves the old one in use.
  std::string certificate_file;
  std::string key_file;
  /// One more closes the connection that has been longest without a request; if all have one, the
  /// newcomer is refused.
  size_t max_connections = 10'000;
  size_t max_head_bytes = 16 * kKiB;  // request line and headers; S3 allows 8 KiB of headers
  size_t max_target_bytes = 8 * kKiB;
  absl::Duration head_timeout = absl::Seconds(30);   // for a whole head, or a TLS handshake
  absl::Duration idle_timeout = absl::Seconds(120);  // of a kept connection
  absl::Duration body_timeout = kClientIdleTimeout;  // without progress of a body or an answer
  absl::Duration linger_timeout = absl::Seconds(2);  // for a client to read the last answer
  absl::Duration request_timeout = absl::InfiniteDuration();  // the deadline of each context
  /// Makes the answers that the server gives by itself; empty: plain text.
  std::function<HttpAnswer(int status, std::string code, std::string message)> refuse;
};

struct HttpServerCounts {
  uint64_t open = 0;              // connections
  uint64_t resting = 0;           // of those, the ones without a request
  uint64_t accepted = 0;          // connections, ever
  uint64_t refused = 0;           // connections beyond the most allowed, ever
  uint64_t refused_requests = 0;  // heads that are no valid request, ever
};

/// An HTTP/1.1 server (RFC 9110, 9112), strict about everything by which two servers could read
/// one stream of bytes differently. Connections are coroutines of the runtime; bodies are neither
/// gathered nor copied. An idle connection holds no buffer. Thread-safe.
class HttpServer {
 public:
  /// Listens and serves from here on. `runtime` and what the handler uses outlive the server.
  /// FAILED_PRECONDITION with the remedy for an address that cannot be had; INVALID_ARGUMENT for
  /// certificate files that cannot be used.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(Runtime& runtime,
                                                           HttpServerOptions options,
                                                           ExchangeHandler handler);
  /// Shutdown without grace, unless it was called.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Accepts no more, closes idle connections, lets running exchanges end for `grace`, then cancels
  /// them and cuts their connections. Returns when every handler's task has ended. Blocks; not to
  /// be called on the runtime. Later calls do nothing.
  void Shutdown(absl::Duration grace);

  /// The host that was asked for, and the port that was got.
  const Endpoint& endpoint() const;
  HttpServerCounts counts() const;

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);

  const std::unique_ptr<State> state_;
};

}  // namespace trebol
