#include "gateway/s3/http/http_server.h"

#include <sys/socket.h>

#include <atomic>
#include <boost/asio/redirect_error.hpp>
#include <future>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/async/periodic.h"
#include "common/base/status_macros.h"
#include "common/http/listen.h"
#include "gateway/s3/http/connection.h"
#include "gateway/s3/http/tls_context.h"

namespace trebol {
namespace {

// Of what connections are looked at: the precision of their timeouts.
constexpr absl::Duration kLookEvery = absl::Milliseconds(250);
// After an accept failed: almost always no file descriptor is free, and one will be.
constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);

}  // namespace

struct HttpServer::State {
  State(Runtime& where, HttpServerOptions wanted, ExchangeHandler handler,
        std::unique_ptr<TlsContext> certificate, boost::asio::ip::tcp::acceptor listening)
      : runtime(where),
        options(std::make_shared<HttpServerOptions>(std::move(wanted))),
        registry(std::make_shared<ConnectionRegistry>(options->max_connections)),
        settings(std::make_shared<ConnectionSettings>(options, std::move(handler))),
        tls(std::move(certificate)),
        acceptor(std::move(listening)),
        endpoint(options->endpoint) {}

  Task<void> Accept() {
    while (!stopping) {
      boost::system::error_code error;
      boost::asio::ip::tcp::socket socket = co_await acceptor.async_accept(
          boost::asio::redirect_error(boost::asio::use_awaitable, error));
      if (stopping) break;
      if (error) {
        CO_RETURN_IF_ERROR(co_await Sleep(kAcceptPause));
        continue;
      }
      if (!registry->MakeRoom()) {
        ++refused;
        continue;
      }
      ++accepted;
      auto link = std::make_shared<Link>(
          std::move(socket), tls == nullptr ? nullptr : tls->current(), registry, options);
      runtime.Spawn(ServeConnection(std::move(link), settings));
    }
    co_return absl::OkStatus();
  }

  Runtime& runtime;
  const std::shared_ptr<const HttpServerOptions> options;
  const std::shared_ptr<ConnectionRegistry> registry;
  const std::shared_ptr<ConnectionSettings> settings;
  const std::unique_ptr<TlsContext> tls;  // null: none
  boost::asio::ip::tcp::acceptor acceptor;
  Endpoint endpoint;
  std::atomic<bool> stopping = false;
  std::atomic<uint64_t> accepted = 0;
  std::atomic<uint64_t> refused = 0;
  std::future<void> accepting;
  std::optional<Periodic> looking;  // its thread uses the rest
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(Runtime& runtime,
                                                              HttpServerOptions options,
                                                              ExchangeHandler handler) {
  std::unique_ptr<TlsContext> tls;
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("a certificate and its key go together: '", options.certificate_file,
                     "' and '", options.key_file, "'; give both files, or none for plain HTTP"));
  }
  if (!options.certificate_file.empty()) {
    ASSIGN_OR_RETURN(tls, TlsContext::Load(options.certificate_file, options.key_file));
  }
  ASSIGN_OR_RETURN(boost::asio::ip::tcp::acceptor acceptor,
                   Listen(runtime.executor(), options.endpoint));
  auto state = std::make_unique<State>(runtime, std::move(options), std::move(handler),
                                       std::move(tls), std::move(acceptor));
  boost::system::error_code error;
  state->endpoint.port = state->acceptor.local_endpoint(error).port();
  auto ended = std::make_shared<std::promise<void>>();
  state->accepting = ended->get_future();
  runtime.Spawn(state->Accept(), [ended](const absl::Status&) { ended->set_value(); });
  state->looking.emplace([state = state.get()] {
    state->registry->Look();
    if (state->tls != nullptr) state->tls->Refresh();
    return kLookEvery;
  });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() { Shutdown(absl::ZeroDuration()); }

void HttpServer::Shutdown(absl::Duration grace) {
  if (state_->stopping.exchange(true)) return;
  // Ends the pending accept; the acceptor itself is the coroutine's.
  shutdown(state_->acceptor.native_handle(), SHUT_RDWR);
  state_->accepting.wait();
  state_->registry->BeginEnd();
  if (!state_->registry->AwaitNone(grace)) {
    state_->registry->CutAll();
    state_->registry->AwaitNone(absl::InfiniteDuration());
  }
}

const Endpoint& HttpServer::endpoint() const { return state_->endpoint; }

HttpServerCounts HttpServer::counts() const {
  return {.open = state_->registry->open(),
          .resting = state_->registry->resting(),
          .accepted = state_->accepted,
          .refused = state_->refused,
          .refused_requests = state_->settings->refused_requests};
}

}  // namespace trebol
