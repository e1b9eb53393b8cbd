#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace trebol {

/// Keeps a port of 127.0.0.1 for a server that is to have the same one after every restart. Held by
/// a socket that is bound and does not listen: the kernel gives the port to nobody who asks for
/// any, nor to an outgoing connection, while a server that names it and sets SO_REUSEADDR (as gRPC
/// and Asio do) can listen on it, again and again. Movable; the port is free once it is destroyed.
class PortReservation {
 public:
  /// `port` 0: any free one. UNAVAILABLE when something listens on `port` already.
  static absl::StatusOr<PortReservation> Make(uint16_t port = 0);

  ~PortReservation();
  PortReservation(PortReservation&& other) noexcept;
  PortReservation& operator=(PortReservation&& other) noexcept;

  /// "127.0.0.1:PORT"
  const std::string& endpoint() const { return endpoint_; }

 private:
  PortReservation(int fd, std::string endpoint) : fd_(fd), endpoint_(std::move(endpoint)) {}

  int fd_;
  std::string endpoint_;
};

}  // namespace trebol
