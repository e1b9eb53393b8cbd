#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/bytes.h"
#include "common/http/request_head.h"

namespace trebol {

/// The head of an answer, and the body where it is at hand. The server adds Date, Content-Length,
/// Transfer-Encoding and Connection; of these a handler may give Date and "Connection: close".
struct HttpAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// One request: its head, its body to be read once, and its answer to be given once, by Send or by
/// Begin, Write… and Finish. An answer may be given while the body is unread. Used by one task at a
/// time, and not any more once the handler's task has ended. Every call that waits for the client
/// returns CANCELLED when it went away, stood still for too long, or the server is ending.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  virtual const RequestHead& head() const = 0;
  /// It came through TLS.
  virtual bool secure() const = 0;
  /// The client's address, without the port.
  virtual std::string peer() const = 0;
  /// Cancelled when the client is gone while its request is worked on, seen within a quarter of a
  /// second; a client that closes its sending half counts as gone, but what is sent still goes out.
  virtual RequestContextPtr context() const = 0;
  /// Of the request, if it says one; nothing for chunked.
  virtual std::optional<uint64_t> content_length() const = 0;

  /// The next piece of the body, of any size, without HTTP's own chunked coding; empty at the end.
  /// The first call sends 100 Continue if the client waits for it. INVALID_ARGUMENT (InvalidRequest
  /// for S3) for a broken chunked coding.
  virtual Task<Bytes> ReadBody() = 0;

  /// An answer was begun, if only in part: there can be no other.
  virtual bool begun() const = 0;
  /// A whole answer. INTERNAL if one was begun, or for a head that HTTP does not allow (a line
  /// break in a value); then nothing was sent.
  virtual Task<void> Send(HttpAnswer answer) = 0;
  /// A streamed one, whose `body` comes first: `length` bytes exactly, or unknown (then chunked, or
  /// up to the end of the connection for HTTP/1.0). The head goes out with the first bytes.
  /// INTERNAL as for Send.
  virtual Task<void> Begin(HttpAnswer head, std::optional<uint64_t> length) = 0;
  /// Suspends until the client can take more. Nothing is sent for HEAD, 204 and 304. INTERNAL for
  /// more than `length`.
  virtual Task<void> Write(Bytes data) = 0;
  /// INTERNAL for less than `length`. An answer that is begun and not finished resets the
  /// connection, so that a client never takes a part for the whole.
  virtual Task<void> Finish() = 0;
};

/// Serves one request. What it returns matters only if no answer was begun: then the client gets
/// a 500.
using ExchangeHandler = std::function<Task<void>(std::shared_ptr<HttpExchange>)>;

}  // namespace trebol
