#include "common/config/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"

namespace trebol {
namespace {

constexpr size_t kMaxHostSize = 253;  // of a DNS name

absl::Status Malformed(absl::string_view why) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
      absl::StrCat("an endpoint is HOST:PORT, such as 127.0.0.1:9200 or [::1]:9200; ", why));
}

bool IsHost(absl::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
  });
}

/// With an optional zone, as in fe80::1%eth0. The system judges the rest.
bool IsIpv6(absl::string_view host) {
  const absl::string_view address = host.substr(0, host.find('%'));
  return absl::StrContains(address, ":") &&
         std::all_of(address.begin(), address.end(),
                     [](char c) { return absl::ascii_isxdigit(c) || c == ':' || c == '.'; }) &&
         (address.size() == host.size() || IsHost(host.substr(address.size() + 1)));
}

/// The unspecified address, of either family.
bool IsEveryAddress(const std::string& host) {
  unsigned char address[sizeof(in6_addr)] = {};
  if (inet_pton(AF_INET, host.c_str(), address) != 1 &&
      inet_pton(AF_INET6, host.c_str(), address) != 1) {
    return false;
  }
  return std::all_of(std::begin(address), std::end(address), [](auto byte) { return byte == 0; });
}

}  // namespace

std::string ToString(const Endpoint& endpoint) {
  return absl::StrContains(endpoint.host, ":")
             ? absl::StrCat("[", endpoint.host, "]:", endpoint.port)
             : absl::StrCat(endpoint.host, ":", endpoint.port);
}

absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return Malformed("the port is missing");
  absl::string_view host = text.substr(0, colon);
  const absl::string_view digits = text.substr(colon + 1);
  const bool bracketed = absl::StartsWith(host, "[") && absl::EndsWith(host, "]");
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty()) return Malformed("the host is missing (0.0.0.0 means every address)");
  if (!bracketed && absl::StrContains(host, ":")) {
    return Malformed("an IPv6 address stands in brackets");
  }
  if (host.size() > kMaxHostSize || (bracketed ? !IsIpv6(host) : !IsHost(host))) {
    return Malformed("this is no host");
  }
  uint32_t port = 0;
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(digits, &port) || port > 65535) {
    return Malformed("a port is a number up to 65535");
  }
  return Endpoint{.host = std::string(host), .port = static_cast<uint16_t>(port)};
}

absl::StatusOr<Endpoint> AdvertisedEndpoint(const Endpoint& listen, const Endpoint& advertise) {
  const bool given = !advertise.host.empty();
  const Endpoint& chosen = given ? advertise : listen;
  const auto bad = [&](absl::string_view why) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat(given ? "--advertise " : "--listen ", ToString(chosen), ": ", why,
                                  "; give --advertise HOST:PORT, by which the others reach this "
                                  "server"));
  };
  if (IsEveryAddress(chosen.host)) return bad("nobody else can call every address of a machine");
  if (given && chosen.port == 0) return bad("nobody can call port 0");
  return chosen;
}

}  // namespace trebol
