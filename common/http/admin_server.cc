#include "common/http/admin_server.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <thread>
#include <utility>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/http/connection.h"
#include "common/http/listen.h"

namespace trebol {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// After an accept failed: almost always no file descriptor is free, and one will be.
constexpr std::chrono::milliseconds kAcceptPause(100);

}  // namespace

struct AdminServer::State {
  State(const Endpoint& wanted, HttpRoutes handlers, AdminServerOptions settings)
      : routes(std::move(handlers)),
        options(settings),
        endpoint(wanted),
        acceptor(context),
        pause(context) {}

  void AcceptNext() {
    acceptor.async_accept([this](error_code error, tcp::socket socket) {
      if (!error) {
        Serve(std::move(socket));
        return AcceptNext();
      }
      if (error == asio::error::operation_aborted) return;
      pause.expires_after(kAcceptPause);
      pause.async_wait([this](error_code stopped) {
        if (!stopped) AcceptNext();
      });
    });
  }

  void Serve(tcp::socket socket) {
    if (connections.size() >= options.max_connections) {
      const auto quietest = std::min_element(connections.begin(), connections.end(),
                                             [](const Connection* a, const Connection* b) {
                                               return a->silent_since() < b->silent_since();
                                             });
      Connection* const closed = *quietest;
      connections.erase(quietest);
      closed->Close();
    }
    const auto connection =
        std::make_shared<Connection>(std::move(socket), routes, options,
                                     [this](Connection* ended) { connections.remove(ended); });
    connections.push_back(connection.get());
    connection->Run();
  }

  // The context is destroyed first: it drops what is pending, and the last of each connection.
  const HttpRoutes routes;
  const AdminServerOptions options;
  Endpoint endpoint;
  std::list<Connection*> connections;  // used by the thread only
  asio::io_context context{1};
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::thread thread;
};

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const Endpoint& endpoint,
                                                                HttpRoutes routes,
                                                                AdminServerOptions options) {
  auto state = std::make_unique<State>(endpoint, std::move(routes), options);
  ASSIGN_OR_RETURN(state->acceptor, Listen(state->context.get_executor(), endpoint));
  error_code error;
  state->endpoint.port = state->acceptor.local_endpoint(error).port();
  TREBOL_CHECK(!error);  // it listens
  state->AcceptNext();
  state->thread = std::thread([context = &state->context] { context->run(); });
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(state)));
}

AdminServer::AdminServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

AdminServer::~AdminServer() {
  state_->context.stop();
  state_->thread.join();
}

uint16_t AdminServer::port() const { return state_->endpoint.port; }

Endpoint AdminServer::endpoint() const { return state_->endpoint; }

}  // namespace trebol
