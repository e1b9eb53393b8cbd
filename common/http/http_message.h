#pragma once

#include <functional>
#include <map>
#include <string>

namespace trebol {

/// A GET or HEAD without a body: all that admin ports answer.
struct HttpRequest {
  std::string path;   // as sent, up to '?'
  std::string query;  // what follows it, not decoded
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// Called on the server's only thread: quick, and never waiting for the network.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;
/// By exact path.
using HttpRoutes = std::map<std::string, HttpHandler>;

}  // namespace trebol
