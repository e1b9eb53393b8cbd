#pragma once

// Inside of this room only: Asio and OpenSSL are in it.

#include <atomic>
#include <cstdint>
#include <memory>

#include "common/async/task.h"
#include "gateway/s3/http/head_parser.h"
#include "gateway/s3/http/link.h"

namespace trebol {

/// What the connections of a server share; lives as long as the last of them.
struct ConnectionSettings {
  std::shared_ptr<const HttpServerOptions> options;
  ExchangeHandler handler;
  std::atomic<uint64_t> refused_requests = 0;
};

/// Serves one client: a handshake, then one request after the other, in their order, until either
/// side ends the connection. Its exchanges are all that uses `link`.
Task<void> ServeConnection(std::shared_ptr<Link> link,
                           std::shared_ptr<ConnectionSettings> settings);

}  // namespace trebol
