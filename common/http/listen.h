#pragma once

// Inside of HTTP rooms only: Asio is in it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "absl/status/statusor.h"
#include "common/config/endpoint.h"

namespace trebol {

/// Listens on `endpoint`; port 0: any free one. Blocks while a name is looked up.
/// FAILED_PRECONDITION with the address and the remedy when the port is taken, not allowed, or the
/// address is none of this machine; UNAVAILABLE when the name does not resolve.
absl::StatusOr<boost::asio::ip::tcp::acceptor> Listen(boost::asio::any_io_executor executor,
                                                      const Endpoint& endpoint);

}  // namespace trebol
