#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "common/async/runtime.h"
#include "gateway/s3/http/http_server.h"
#include "tests/unit/http/raw_client.h"

namespace trebol {

/// An HttpServer whose handler does what the path says:
///   /hello      answers "hello QUERY" and reads nothing
///   /echo       sends the body back when it has all of it
///   /stream     sends each piece back as it comes, in chunked coding
///   /count      reads everything and answers how many bytes of Pattern there were, or "wrong"
///   /big        answers QUERY bytes of Pattern
///   /status     answers status QUERY with a body
///   /half       begins an answer of 100 bytes and ends after 10;  /half-chunked: in chunked coding
///   /silent     gives no answer;  /fails: nor that, and an error
///   /long       begins 3 bytes and writes 4
///   /split      answers with a line break in a header, which cannot be sent, then properly
///   /sleep      answers after half a second
///   /wait       until it is cancelled
class HttpRig {
 public:
  explicit HttpRig(HttpServerOptions options = {});
  ~HttpRig();

  HttpServer& server() { return *server_; }
  uint16_t port() const { return server_->endpoint().port; }
  /// The answer to `bytes`, up to the end of the connection.
  std::string Ask(const std::string& bytes);
  /// Handlers that run, and those that saw that they were cancelled.
  int running() const { return running_; }
  int cancelled() const { return cancelled_; }
  /// False after a minute.
  static bool Eventually(const std::function<bool()>& condition);

  /// Bytes that tell where they are.
  static std::string Pattern(uint64_t offset, size_t size);

 private:
  Task<void> Serve(std::shared_ptr<HttpExchange> exchange);
  Task<void> Route(std::shared_ptr<HttpExchange> exchange);
  Task<void> Wait(std::shared_ptr<HttpExchange> exchange);

  std::atomic<int> running_ = 0;
  std::atomic<int> cancelled_ = 0;
  Runtime runtime_{2, Runtime::Resume::kHere};
  std::unique_ptr<HttpServer> server_;
};

/// What a request of the tests begins with.
inline std::string Get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}
inline std::string GetAndClose(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
}
/// Without the head.
std::string BodyOf(const std::string& answer);
/// Of this process.
uint64_t ResidentBytes();
/// Whether that says anything of the program: a sanitizer keeps what was freed.
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
inline constexpr bool kMemoryIsCounted = false;
#else
inline constexpr bool kMemoryIsCounted = true;
#endif
/// As many as the system allows.
void AllowManySockets();

}  // namespace trebol
