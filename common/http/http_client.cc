#include "common/http/http_client.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/config/endpoint.h"

namespace trebol {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr uint64_t kMaxBody = 16 * kMiB;

struct Call {
  Endpoint endpoint;
  std::string path;
  absl::Duration timeout;
};

absl::Status Explain(const Call& call, const error_code& error) {
  const std::string where = ToString(call.endpoint);
  if (error == beast::error::timeout) {
    return absl::DeadlineExceededError(
        absl::StrCat(where, " did not answer within ", absl::FormatDuration(call.timeout)));
  }
  if (error == http::error::body_limit) {
    return absl::FailedPreconditionError(absl::StrCat(where, " answers more than 16 MiB"));
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return absl::UnavailableError(absl::StrCat(where, " closed the connection without an answer"));
  }
  if (error.category() == http::make_error_code(http::error::bad_version).category()) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, " does not speak HTTP/1.1: is it the admin port?"));
  }
  return absl::UnavailableError(absl::StrCat(where, " cannot be reached: ", error.message()));
}

asio::awaitable<error_code> Exchange(const Call& call, HttpReply* reply) {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto addresses = co_await resolver.async_resolve(call.endpoint.host,
                                                         std::to_string(call.endpoint.port), token);
  if (error) co_return error;
  beast::tcp_stream stream(executor);
  stream.expires_after(absl::ToChronoMilliseconds(call.timeout));
  co_await stream.async_connect(addresses, token);
  if (error) co_return error;
  http::request<http::empty_body> request(http::verb::get, call.path, 11);
  request.set(http::field::host, ToString(call.endpoint));
  request.keep_alive(false);
  co_await http::async_write(stream, request, token);
  if (error) co_return error;
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kMaxBody);
  co_await http::async_read(stream, buffer, parser, token);
  if (error) co_return error;
  reply->status = parser.get().result_int();
  reply->content_type = std::string(parser.get()[http::field::content_type]);
  reply->body = std::move(parser.get().body());
  co_return error;
}

}  // namespace

absl::StatusOr<HttpReply> HttpGet(absl::string_view endpoint, absl::string_view path,
                                  absl::Duration timeout) {
  Call call{.path = std::string(path), .timeout = timeout};
  ASSIGN_OR_RETURN(call.endpoint, ParseEndpoint(endpoint));
  if (!absl::StartsWith(path, "/") ||
      !std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < '\x7f'; })) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", path, "' is no path: it begins with / and has no blanks"));
  }
  asio::io_context context(1);
  HttpReply reply;
  error_code error;
  asio::co_spawn(context, Exchange(call, &reply),
                 [&error](const std::exception_ptr&, error_code result) { error = result; });
  context.run();
  if (error) return Explain(call, error);
  return reply;
}

}  // namespace trebol
