#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/config/endpoint.h"
#include "common/http/http_message.h"

namespace trebol {

struct AdminServerOptions {
  /// One more closes the connection that has been silent longest, so that clients that hold
  /// connections cannot keep a health check out.
  size_t max_connections = 64;
  /// For a whole request to arrive, or a response to be taken, and of a kept connection's idleness.
  absl::Duration timeout = absl::Seconds(10);
  /// Request line and headers; a request is refused beyond.
  uint32_t max_header_bytes = 8192;
};

/// The admin port of a server: health, metrics, status. HTTP/1.1 with keep-alive, GET and HEAD, on
/// one thread of its own. Handlers are called from that thread, and not any more once the
/// destructor has returned. Thread-safe.
class AdminServer {
 public:
  /// Listens and serves from here on. Port 0: any free one. FAILED_PRECONDITION with the address
  /// and the remedy when the port is taken, not allowed, or the address is none of this machine;
  /// UNAVAILABLE when the name does not resolve.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const Endpoint& endpoint,
                                                            HttpRoutes routes,
                                                            AdminServerOptions options = {});
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  /// The one that it listens on, never 0.
  uint16_t port() const;
  /// The host that was asked for, and port().
  Endpoint endpoint() const;

 private:
  struct State;
  explicit AdminServer(std::unique_ptr<State> state);

  const std::unique_ptr<State> state_;
};

}  // namespace trebol
