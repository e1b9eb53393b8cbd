#pragma once

// Inside of this room only: Beast is in it.

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "common/base/clock.h"
#include "common/http/admin_server.h"
#include "common/http/http_message.h"

namespace trebol {

/// One client of an AdminServer: reads a request, answers it, and so on until either side closes.
/// Everything happens on the server's thread. Lives as long as an operation of it is under way.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// `routes` outlive the connection; `on_end` is called once, when nothing more will happen.
  Connection(boost::asio::ip::tcp::socket socket, const HttpRoutes& routes,
             const AdminServerOptions& options, std::function<void(Connection*)> on_end);
  ~Connection();

  void Run() { ReadNext(); }
  /// The pending operation fails, which ends the connection.
  void Close();
  /// When the last request began to be awaited.
  Instant silent_since() const { return silent_since_; }

 private:
  using Request = boost::beast::http::request<boost::beast::http::empty_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;

  void ReadNext();
  void OnRead(boost::beast::error_code error);
  void Write(Response response);
  void OnWritten(boost::beast::error_code error);
  /// Reads on for a while before closing: unread bytes would reset the connection, and the client
  /// might never see the answer.
  void Drain();
  HttpResponse Answer(const Request& request) const;
  /// Understood too little of the request to go on after the answer.
  void Refuse(boost::beast::http::status status, std::string why);

  boost::beast::tcp_stream stream_;
  const HttpRoutes& routes_;
  const AdminServerOptions options_;
  const std::function<void(Connection*)> on_end_;
  Instant silent_since_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> parser_;
  std::optional<Response> response_;
  size_t drained_ = 0;
};

}  // namespace trebol
