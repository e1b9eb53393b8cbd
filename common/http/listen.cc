#include "common/http/listen.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace trebol {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

absl::Status CannotListen(const Endpoint& endpoint, const error_code& error) {
  const std::string address = absl::StrCat("cannot listen on ", ToString(endpoint), ": ");
  if (error == asio::error::address_in_use) {
    return absl::FailedPreconditionError(
        absl::StrCat(address,
                     "the port is in use. Stop the process that has it (ss -ltnp shows "
                     "it), or choose another port; 0 takes any free one"));
  }
  if (error == asio::error::access_denied) {
    return absl::FailedPreconditionError(
        absl::StrCat(address, "not permitted. Choose a port above 1023"));
  }
  if (error == boost::system::errc::address_not_available) {
    return absl::FailedPreconditionError(
        absl::StrCat(address,
                     "this machine does not have the address. 0.0.0.0 means all that it "
                     "has"));
  }
  return absl::FailedPreconditionError(absl::StrCat(address, error.message()));
}

}  // namespace

absl::StatusOr<tcp::acceptor> Listen(asio::any_io_executor executor, const Endpoint& endpoint) {
  error_code error;
  tcp::resolver resolver(executor);
  const auto addresses =
      resolver.resolve(endpoint.host, std::to_string(endpoint.port), tcp::resolver::passive, error);
  if (error || addresses.empty()) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", ToString(endpoint),
                                               ": the name does not resolve: ", error.message()));
  }
  const tcp::endpoint address = *addresses.begin();
  tcp::acceptor acceptor(executor);
  acceptor.open(address.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(address, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return CannotListen(endpoint, error);
  return acceptor;
}

}  // namespace trebol
