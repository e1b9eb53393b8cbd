#include "common/http/connection.h"

#include <boost/beast/core/bind_handler.hpp>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/telemetry/log.h"

namespace trebol {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr size_t kMaxDrained = 1 << 20;

std::string KnownPaths(const HttpRoutes& routes) {
  std::string paths;
  for (const auto& [path, handler] : routes) absl::StrAppend(&paths, " ", path);
  return paths;
}

}  // namespace

Connection::Connection(boost::asio::ip::tcp::socket socket, const HttpRoutes& routes,
                       const AdminServerOptions& options, std::function<void(Connection*)> on_end)
    : stream_(std::move(socket)),
      routes_(routes),
      options_(options),
      on_end_(std::move(on_end)),
      buffer_(options.max_header_bytes + 1024) {}

Connection::~Connection() { on_end_(this); }

void Connection::Close() { stream_.close(); }

void Connection::ReadNext() {
  silent_since_ = SystemClock().Now();
  parser_.emplace();
  parser_->header_limit(options_.max_header_bytes);
  parser_->body_limit(0);
  // Set once for the whole request: bytes that drip in do not extend it.
  stream_.expires_after(absl::ToChronoMilliseconds(options_.timeout));
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](beast::error_code error, size_t) { self->OnRead(error); });
}

void Connection::OnRead(beast::error_code error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return Refuse(http::status::request_header_fields_too_large,
                  absl::StrCat("the request exceeds ", options_.max_header_bytes, " bytes"));
  }
  if (error == http::error::unexpected_body || error == http::error::body_limit) {
    return Refuse(http::status::payload_too_large, "a request has no body here");
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) return;
  if (error.category() == http::make_error_code(http::error::bad_method).category()) {
    return Refuse(http::status::bad_request, "this is no HTTP/1.1 request");
  }
  if (error) return;  // silence, or the client is gone

  const Request request = parser_->release();
  HttpResponse answer = Answer(request);
  Response response(static_cast<http::status>(answer.status), request.version());
  response.set(http::field::content_type, answer.content_type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  if (answer.status == 405) response.set(http::field::allow, "GET, HEAD");
  response.keep_alive(request.keep_alive());
  // An answer to HEAD announces the length of a body that does not follow.
  response.content_length(answer.body.size());
  if (request.method() != http::verb::head) response.body() = std::move(answer.body);
  Write(std::move(response));
}

HttpResponse Connection::Answer(const Request& request) const {
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    return {.status = 405, .body = "only GET and HEAD are answered here\n"};
  }
  const std::string target(request.target());
  const size_t mark = target.find('?');
  const auto route = routes_.find(target.substr(0, mark));
  if (route == routes_.end()) {
    return {.status = 404, .body = absl::StrCat("there is:", KnownPaths(routes_), "\n")};
  }
  try {
    return route->second(
        {.path = route->first, .query = mark == std::string::npos ? "" : target.substr(mark + 1)});
  } catch (const std::exception& error) {
    // A library under the handler threw; the server must outlive it.
    Log(LogLevel::kError, "http", "a handler failed",
        {{"path", route->first}, {"why", error.what()}});
    return {.status = 500, .body = "the server could not make this answer; its log says why\n"};
  }
}

void Connection::Refuse(http::status status, std::string why) {
  Response response(status, 11);
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.keep_alive(false);
  response.body() = absl::StrCat(why, "\n");
  response.prepare_payload();
  Write(std::move(response));
}

void Connection::Write(Response response) {
  response_ = std::move(response);
  stream_.expires_after(absl::ToChronoMilliseconds(options_.timeout));
  http::async_write(
      stream_, *response_,
      [self = shared_from_this()](beast::error_code error, size_t) { self->OnWritten(error); });
}

void Connection::OnWritten(beast::error_code error) {
  if (error) return;
  if (response_->keep_alive()) return ReadNext();
  beast::error_code ignored;
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  Drain();
}

void Connection::Drain() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(buffer_.max_size()),
                          [self = shared_from_this()](beast::error_code error, size_t size) {
                            self->drained_ += size;
                            if (!error && self->drained_ < kMaxDrained) self->Drain();
                          });
}

}  // namespace trebol
