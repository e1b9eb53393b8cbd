#include "tests/unit/s3/http_rig.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr size_t kPiece = 128 * kKiB;

Task<Bytes> ReadAll(std::shared_ptr<HttpExchange> exchange) {
  Bytes body;
  while (true) {
    CO_ASSIGN_OR_RETURN(Bytes piece, co_await exchange->ReadBody());
    if (piece.empty()) co_return body;
    body.Append(std::move(piece));
  }
}

Task<void> Stream(std::shared_ptr<HttpExchange> exchange) {
  CO_RETURN_IF_ERROR(co_await exchange->Begin({}, std::nullopt));
  while (true) {
    CO_ASSIGN_OR_RETURN(Bytes piece, co_await exchange->ReadBody());
    if (piece.empty()) co_return co_await exchange->Finish();
    CO_RETURN_IF_ERROR(co_await exchange->Write(std::move(piece)));
  }
}

Task<void> Count(std::shared_ptr<HttpExchange> exchange) {
  uint64_t count = 0;
  while (true) {
    CO_ASSIGN_OR_RETURN(Bytes piece, co_await exchange->ReadBody());
    if (piece.empty()) break;
    if (piece != HttpRig::Pattern(count, piece.size())) {
      co_return co_await exchange->Send({.body = "wrong"});
    }
    count += piece.size();
  }
  co_return co_await exchange->Send({.body = absl::StrCat(count)});
}

Task<void> Big(std::shared_ptr<HttpExchange> exchange, uint64_t size) {
  CO_RETURN_IF_ERROR(co_await exchange->Begin({}, size));
  for (uint64_t sent = 0; sent < size;) {
    const size_t piece = static_cast<size_t>(std::min<uint64_t>(kPiece, size - sent));
    CO_RETURN_IF_ERROR(co_await exchange->Write(Bytes(HttpRig::Pattern(sent, piece))));
    sent += piece;
  }
  co_return co_await exchange->Finish();
}

Task<void> Half(std::shared_ptr<HttpExchange> exchange, std::optional<uint64_t> length) {
  CO_RETURN_IF_ERROR(co_await exchange->Begin({}, length));
  CO_RETURN_IF_ERROR(co_await exchange->Write(Bytes("0123456789")));
  co_return co_await exchange->Finish();
}

Task<void> Unfinished(std::shared_ptr<HttpExchange> exchange) {
  CO_RETURN_IF_ERROR(co_await exchange->Begin({}, std::nullopt));
  co_return co_await exchange->Write(Bytes("0123456789"));
}

Task<void> TooLong(std::shared_ptr<HttpExchange> exchange) {
  CO_RETURN_IF_ERROR(co_await exchange->Begin({}, 3));
  co_return co_await exchange->Write(Bytes("0123"));
}

Task<void> Split(std::shared_ptr<HttpExchange> exchange) {
  HttpAnswer answer{.headers = {{"X", "a\r\nY: b"}}};
  const absl::Status refused = co_await exchange->Send(answer);
  co_return co_await exchange->Send({.body = std::string(refused.message())});
}

Task<void> Late(std::shared_ptr<HttpExchange> exchange) {
  CO_RETURN_IF_ERROR(co_await Sleep(absl::Milliseconds(500)));
  co_return co_await exchange->Send({.body = "late"});
}

Task<void> Echo(std::shared_ptr<HttpExchange> exchange) {
  CO_ASSIGN_OR_RETURN(Bytes body, co_await ReadAll(exchange));
  co_return co_await exchange->Send({.body = std::string(body)});
}

}  // namespace

HttpRig::HttpRig(HttpServerOptions options) {
  options.endpoint = {"127.0.0.1", 0};
  server_ = HttpServer::Start(runtime_, std::move(options),
                              [this](std::shared_ptr<HttpExchange> exchange) {
                                return Serve(std::move(exchange));
                              })
                .value();
}

HttpRig::~HttpRig() {
  server_ = nullptr;
  runtime_.Drain();
}

std::string HttpRig::Ask(const std::string& bytes) {
  RawClient client(port());
  client.Send(bytes);
  return client.ReadAll();
}

bool HttpRig::Eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 6000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

std::string HttpRig::Pattern(uint64_t offset, size_t size) {
  std::string pattern(size, 0);
  for (size_t i = 0; i < size; ++i) {
    const uint64_t at = offset + i;
    pattern[i] = static_cast<char>(at ^ (at >> 8) ^ (at >> 16) ^ (at >> 24));
  }
  return pattern;
}

Task<void> HttpRig::Serve(std::shared_ptr<HttpExchange> exchange) {
  ++running_;
  absl::Status status = co_await Route(exchange);
  if (absl::IsCancelled(status)) ++cancelled_;
  --running_;
  co_return status;
}

Task<void> HttpRig::Route(std::shared_ptr<HttpExchange> exchange) {
  const std::string& path = exchange->head().path;
  const std::string& query = exchange->head().query;
  uint64_t number = 0;
  if (absl::SimpleAtoi(query, &number)) {
    if (path == "/big") co_return co_await Big(exchange, number);
    if (path == "/status") {
      co_return co_await exchange->Send({.status = static_cast<int>(number), .body = "body"});
    }
  }
  if (path == "/hello") co_return co_await exchange->Send({.body = absl::StrCat("hello ", query)});
  if (path == "/echo") co_return co_await Echo(exchange);
  if (path == "/stream") co_return co_await Stream(exchange);
  if (path == "/count") co_return co_await Count(exchange);
  if (path == "/half") co_return co_await Half(exchange, 100);
  if (path == "/half-chunked") co_return co_await Unfinished(exchange);
  if (path == "/long") co_return co_await TooLong(exchange);
  if (path == "/silent") co_return absl::OkStatus();
  if (path == "/fails") co_return absl::InternalError("on purpose");
  if (path == "/split") co_return co_await Split(exchange);
  if (path == "/sleep") co_return co_await Late(exchange);
  if (path == "/wait") co_return co_await Wait(exchange);
  co_return co_await exchange->Send({.status = 404});
}

Task<void> HttpRig::Wait(std::shared_ptr<HttpExchange> exchange) {
  while (!exchange->context()->cancellation->cancelled()) {
    CO_RETURN_IF_ERROR(co_await Sleep(absl::Milliseconds(5)));
  }
  co_return absl::CancelledError("as it was told");
}

std::string BodyOf(const std::string& answer) {
  const size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "no answer" : answer.substr(end + 4);
}

uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t all = 0;
  uint64_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

void AllowManySockets() {
  rlimit limit = {};
  TREBOL_CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  TREBOL_CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

}  // namespace trebol
