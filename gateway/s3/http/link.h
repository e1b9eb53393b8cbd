#pragma once

// Inside of this room only: Asio and OpenSSL are in it.

#include <memory>
#include <utility>

#include "gateway/s3/http/connection_registry.h"
#include "gateway/s3/http/http_server.h"
#include "gateway/s3/http/input_buffer.h"
#include "gateway/s3/http/wire.h"

namespace trebol {

/// What a connection is made of, shared by its loop and the exchange under way; used by one of them
/// at a time.
struct Link {
  Link(boost::asio::ip::tcp::socket socket, std::shared_ptr<SSL_CTX> tls,
       std::shared_ptr<ConnectionRegistry> registry,
       std::shared_ptr<const HttpServerOptions> settings)
      : wire(std::move(socket), std::move(tls)),
        entry(std::move(registry), wire.socket()),
        options(std::move(settings)) {}

  Wire wire;
  InputBuffer input;
  ConnectionRegistry::Entry entry;  // behind the wire: it goes first
  const std::shared_ptr<const HttpServerOptions> options;
};

}  // namespace trebol
