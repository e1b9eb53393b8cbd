#include "tests/testing/port_reservation.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trebol {

absl::StatusOr<PortReservation> PortReservation::Make(uint16_t port) {
  PortReservation reservation(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "");
  const int on = 1;
  setsockopt(reservation.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(reservation.fd_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      getsockname(reservation.fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    const int error = errno;
    return absl::UnavailableError(
        absl::StrCat("cannot have port ", port, " of 127.0.0.1: ", std::strerror(error)));
  }
  reservation.endpoint_ = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  return reservation;
}

PortReservation::~PortReservation() {
  if (fd_ >= 0) close(fd_);
}

PortReservation::PortReservation(PortReservation&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), endpoint_(std::move(other.endpoint_)) {}

PortReservation& PortReservation::operator=(PortReservation&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(endpoint_, other.endpoint_);
  return *this;
}

}  // namespace trebol
