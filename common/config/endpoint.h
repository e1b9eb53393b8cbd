#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// Where a server listens or is reached: `host:port`, with an IPv6 address in brackets.
struct Endpoint {
  std::string host;   // a name, an IPv4 address, or an IPv6 address without brackets
  uint16_t port = 0;  // 0: the system chooses one (listening only)

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// `127.0.0.1:9200`, `[::1]:9200`.
std::string ToString(const Endpoint& endpoint);

/// INVALID_ARGUMENT with the accepted form for everything else.
absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text);

/// What others are told to call: `advertise`, or `listen` if that has no host. INVALID_ARGUMENT for
/// an address that stands for all of a machine's (0.0.0.0, ::), which leads every caller to itself,
/// and for an advertised port 0.
absl::StatusOr<Endpoint> AdvertisedEndpoint(const Endpoint& listen, const Endpoint& advertise);

}  // namespace trebol
