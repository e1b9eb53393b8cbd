#include "common/object/cors_rules.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/error.h"

namespace trebol {
namespace {

v1::CorsRule Rule() {
  v1::CorsRule rule;
  rule.add_allowed_origins("https://example.com");
  rule.add_allowed_methods("GET");
  return rule;
}

ErrorReason ReasonFor(const v1::CorsRule& rule) {
  CorsRules rules;
  *rules.Add() = rule;
  return ReasonOf(ValidateCorsRules(rules));
}

TEST(CorsRules, AcceptsWhatS3Does) {
  EXPECT_TRUE(ValidateCorsRules({}).ok());
  v1::CorsRule rule = Rule();
  rule.add_allowed_origins("*");
  rule.add_allowed_origins("http://*.example.org");
  for (const char* method : {"PUT", "POST", "DELETE", "HEAD"}) rule.add_allowed_methods(method);
  rule.add_allowed_headers("x-amz-*");
  rule.add_expose_headers("ETag");
  rule.set_max_age_seconds(3000);
  rule.set_id("one");
  EXPECT_EQ(ReasonFor(rule), v1::ERROR_REASON_UNSPECIFIED);
}

TEST(CorsRules, RefusesARuleThatCannotMatch) {
  v1::CorsRule rule = Rule();
  rule.clear_allowed_origins();
  EXPECT_EQ(ReasonFor(rule), v1::INVALID_CORS);
  rule = Rule();
  rule.clear_allowed_methods();
  EXPECT_EQ(ReasonFor(rule), v1::INVALID_CORS);
  for (const char* method : {"OPTIONS", "PATCH", "get", "*", ""}) {
    rule = Rule();
    rule.add_allowed_methods(method);
    EXPECT_EQ(ReasonFor(rule), v1::INVALID_CORS) << method;
  }
  for (const char* pattern : {"", "http://*.a.*", "**"}) {
    rule = Rule();
    rule.add_allowed_origins(pattern);
    EXPECT_EQ(ReasonFor(rule), v1::INVALID_CORS) << pattern;
    rule = Rule();
    rule.add_allowed_headers(pattern);
    EXPECT_EQ(ReasonFor(rule), v1::INVALID_CORS) << pattern;
  }
  for (const char* header : {"", "*", "x-*"}) {
    rule = Rule();
    rule.add_expose_headers(header);
    EXPECT_EQ(ReasonFor(rule), v1::INVALID_CORS) << header;
  }
}

TEST(CorsRules, KeepsTheLimits) {
  v1::CorsRule rule = Rule();
  rule.set_id(std::string(256, 'i'));
  EXPECT_EQ(ReasonFor(rule), v1::INVALID_CORS);
  CorsRules rules;
  for (int i = 0; i < 100; ++i) *rules.Add() = Rule();
  EXPECT_TRUE(ValidateCorsRules(rules).ok());
  *rules.Add() = Rule();
  EXPECT_EQ(ReasonOf(ValidateCorsRules(rules)), v1::INVALID_CORS);
  rules.Clear();
  *rules.Add() = Rule();
  *rules.Add() = Rule();
  rules[0].set_id("same");
  rules[1].set_id("same");
  EXPECT_EQ(ReasonOf(ValidateCorsRules(rules)), v1::INVALID_CORS);
  rules[1].set_id("other");
  EXPECT_TRUE(ValidateCorsRules(rules).ok());
  rules[1].add_allowed_origins(std::string(64 * 1024, 'o'));
  EXPECT_EQ(ReasonOf(ValidateCorsRules(rules)), v1::INVALID_CORS);
}

}  // namespace
}  // namespace trebol
