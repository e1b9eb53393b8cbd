#include "gateway/s3/door/cors_answer.h"

#include <gtest/gtest.h>

#include <map>

#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

CorsRules Rules(const std::vector<std::pair<std::string, std::string>>& origins_and_methods) {
  CorsRules rules;
  for (const auto& [origin, method] : origins_and_methods) {
    v1::CorsRule& rule = *rules.Add();
    rule.add_allowed_origins(origin);
    rule.add_allowed_methods(method);
  }
  return rules;
}

RequestHead From(const std::string& origin, const std::string& method = "GET") {
  return {method, "/b/k", "", {{"origin", origin}}};
}

std::string Allowed(const CorsRules& rules, const RequestHead& head) {
  for (const auto& [name, value] : CorsHeaders(rules, head)) {
    if (name == "Access-Control-Allow-Origin") return value;
  }
  return "";
}

TEST(CorsAnswer, TheFirstRuleThatFitsCounts) {
  const CorsRules rules = Rules({{"*suffix", "GET"},
                                 {"start*end", "GET"},
                                 {"prefix*", "GET"},
                                 {"*.put", "PUT"},
                                 {"*", "DELETE"}});
  EXPECT_EQ(Allowed(rules, From("foo.suffix")), "foo.suffix");
  EXPECT_EQ(Allowed(rules, From("startend")), "startend");
  EXPECT_EQ(Allowed(rules, From("start1end")), "start1end");
  EXPECT_EQ(Allowed(rules, From("0start12end")), "");
  EXPECT_EQ(Allowed(rules, From("prefix.suffix")), "prefix.suffix");
  EXPECT_EQ(Allowed(rules, From("bla.prefix")), "");
  EXPECT_EQ(Allowed(rules, From("foo.put")), "");
  EXPECT_EQ(Allowed(rules, From("foo.put", "PUT")), "foo.put");
  EXPECT_EQ(Allowed(rules, From("anybody", "DELETE")), "*");
  EXPECT_EQ(Allowed(rules, {"GET", "/", "", {}}), "");
}

TEST(CorsAnswer, APreflightMustSayWhatItIsAbout) {
  const CorsRules rules = Rules({{"a", "PUT"}});
  const auto code = [&](const CorsRules& of, RequestHead head) {
    const auto headers = PreflightHeaders(of, head);
    return headers.ok() ? "" : ToS3Error(headers.status()).code;
  };
  EXPECT_EQ(code(rules, {"OPTIONS", "/", "", {}}), "BadRequest");
  EXPECT_EQ(code(rules, From("a", "OPTIONS")), "BadRequest");
  RequestHead head = From("a", "OPTIONS");
  head.headers.emplace_back("access-control-request-method", "PUT");
  EXPECT_EQ(code(rules, head), "");
  EXPECT_EQ(code({}, head), "AccessForbidden");
  head.headers.emplace_back("access-control-request-headers", "x-other");
  EXPECT_EQ(code(rules, head), "AccessForbidden");
  head.headers[1].second = "GET";
  EXPECT_EQ(code(rules, head), "AccessForbidden");
}

}  // namespace
}  // namespace trebol
