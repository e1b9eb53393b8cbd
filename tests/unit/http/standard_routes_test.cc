#include "common/http/standard_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trebol {
namespace {

using ::testing::HasSubstr;

TEST(StandardRoutes, TellTheConditionOfTheServer) {
  Registry registry;
  registry.AddCounter("trebol_test_calls_total", "Calls.").Add(2);
  std::vector<std::string> missing = {"a session", "a table"};
  const HttpRoutes routes = StandardRoutes({.missing = [&] { return missing; },
                                            .no_writes = [] { return ""; },
                                            .needed = [] { return ""; },
                                            .status = [] { return "{\"uptime_seconds\":1}"; },
                                            .registry = &registry});
  const auto get = [&](const std::string& path) { return routes.at(path)({.path = path}); };
  EXPECT_EQ(get("/health/live").status, 200);
  EXPECT_EQ(get("/health/ready").status, 503);
  EXPECT_EQ(get("/health/ready").body, "a session; a table\n");
  missing.clear();
  EXPECT_EQ(get("/health/ready").status, 200);
  EXPECT_THAT(get("/metrics").body, HasSubstr("trebol_test_calls_total 2\n"));
  EXPECT_EQ(get("/metrics").content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(get("/status").body, "{\"uptime_seconds\":1}");
  EXPECT_EQ(get("/status").content_type, "application/json");
}

TEST(StandardRoutes, TellWhetherTheClusterTakesWritesAndDoesWithoutThisServer) {
  std::string no_writes;
  std::string needed;
  const HttpRoutes routes =
      StandardRoutes({.no_writes = [&] { return no_writes; }, .needed = [&] { return needed; }});
  const auto get = [&](const std::string& query) {
    return routes.at("/health/cluster")({.path = "/health/cluster", .query = query});
  };
  const std::string away = "maintenance=true";
  EXPECT_EQ(get("").status, 200);
  EXPECT_EQ(get("").body, "every partition takes writes\n");
  EXPECT_EQ(get(away).status, 200);
  EXPECT_EQ(get(away).body, "every partition takes writes, and does without this process\n");

  needed = "without this node 3 of 8 partitions would take none";
  EXPECT_EQ(get("").status, 200) << "nobody wants to take it away";
  EXPECT_EQ(get("maintenance=false").status, 200);
  EXPECT_EQ(get(away).status, 412);
  EXPECT_EQ(get(away).body, needed + "\n");

  no_writes = "2 of 8 partitions take none";
  EXPECT_EQ(get("").status, 503);
  EXPECT_EQ(get("").body, no_writes + "\n");
  EXPECT_EQ(get(away).status, 412);
  needed.clear();
  EXPECT_EQ(get(away).status, 503)
      << "it is not the time for it, though not for this server's sake";

  EXPECT_EQ(get("maintenance=yes").status, 400);
  EXPECT_EQ(get("maintenence=true").status, 400) << "a misspelt question is not answered by yes";
}

}  // namespace
}  // namespace trebol
