#include "common/http/standard_routes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace trebol {
namespace {

HttpResponse Answer(int status, absl::string_view line) {
  return {.status = status, .body = absl::StrCat(line, "\n")};
}

HttpResponse ClusterHealth(const ServerCondition& condition, absl::string_view query) {
  const bool maintenance = query == "maintenance=true";
  if (!maintenance && !query.empty() && query != "maintenance=false") {
    return Answer(400, "the only question here is ?maintenance=true");
  }
  if (maintenance) {
    if (const std::string why = condition.needed(); !why.empty()) return Answer(412, why);
  }
  if (const std::string why = condition.no_writes(); !why.empty()) return Answer(503, why);
  return Answer(200, maintenance ? "every partition takes writes, and does without this process"
                                 : "every partition takes writes");
}

}  // namespace

HttpRoutes StandardRoutes(ServerCondition condition) {
  HttpRoutes routes;
  routes["/health/live"] = [](const HttpRequest&) { return HttpResponse{.body = "live\n"}; };
  routes["/health/cluster"] = [condition](const HttpRequest& request) {
    return ClusterHealth(condition, request.query);
  };
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
