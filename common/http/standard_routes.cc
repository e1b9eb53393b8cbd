#include "common/http/standard_routes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace trebol {

HttpRoutes StandardRoutes(ServerCondition condition) {
  HttpRoutes routes;
  routes["/health/live"] = [](const HttpRequest&) { return HttpResponse{.body = "live\n"}; };
  routes["/health/ready"] = [missing = std::move(condition.missing)](const HttpRequest&) {
    const std::vector<std::string> phrases = missing();
    if (phrases.empty()) return HttpResponse{.body = "ready\n"};
    return HttpResponse{.status = 503, .body = absl::StrCat(absl::StrJoin(phrases, "; "), "\n")};
  };
  routes["/metrics"] = [registry = condition.registry](const HttpRequest&) {
    return HttpResponse{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                        .body = registry->Render()};
  };
  routes["/status"] = [status = std::move(condition.status)](const HttpRequest&) {
    return HttpResponse{.content_type = "application/json", .body = status()};
  };
  return routes;
}

}  // namespace trebol
