// Whatever arrives at an admin port, or answers in the place of one: the server answers in HTTP or
// closes and serves the next, and the client tells what came or that it was none.
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/http/admin_server.h"
#include "common/http/http_client.h"
#include "tests/unit/http/raw_client.h"

namespace trebol {
namespace {

AdminServer& Server() {
  static const auto server = *AdminServer::Start(
      {"127.0.0.1", 0}, {{"/healthz", [](const HttpRequest& request) {
                            TREBOL_CHECK(request.path == "/healthz");
                            return HttpResponse{.body = absl::StrCat("well ", request.query)};
                          }}});
  return *server;
}

void TryServer(const std::string& bytes) {
  RawClient client(Server().port());
  client.Send(bytes);
  client.EndSending();
  const std::string answer = client.ReadAll();
  TREBOL_CHECK(answer.empty() || absl::StartsWith(answer, "HTTP/1."));
  const auto reply =
      HttpGet(absl::StrCat("127.0.0.1:", Server().port()), "/healthz?x", absl::Seconds(10));
  TREBOL_CHECK(reply.ok() && reply->status == 200 && reply->body == "well x");
}

void TryClient(const std::string& bytes) {
  RawServer server;
  std::thread answering([&server, &bytes] { server.AnswerOnce(bytes); });
  const auto reply = HttpGet(absl::StrCat("127.0.0.1:", server.port()), "/", absl::Seconds(10));
  answering.join();
  if (reply.ok()) {
    TREBOL_CHECK(reply->body.size() <= bytes.size());
    return;
  }
  const bool known =
      absl::IsUnavailable(reply.status()) || absl::IsFailedPrecondition(reply.status());
  if (!known) std::fprintf(stderr, "%s\n", reply.status().ToString().c_str());
  TREBOL_CHECK(known && !reply.status().message().empty());
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  trebol::TryServer(bytes);
  // A request line as it should be, so that what is behind it is reached.
  trebol::TryServer(absl::StrCat("GET /healthz?x HTTP/1.1\r\n", bytes));
  trebol::TryClient(bytes);
  trebol::TryClient(absl::StrCat("HTTP/1.1 200 OK\r\n", bytes));
  return 0;
}
