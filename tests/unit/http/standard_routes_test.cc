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

}  // namespace
}  // namespace trebol
