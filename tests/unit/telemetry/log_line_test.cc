#include "common/telemetry/log_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "common/base/names.h"

namespace trebol {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kTime = absl::FromUnixMillis(1767323045678);

std::string Text(absl::string_view message, std::initializer_list<LogField> fields) {
  return FormatLogLine(LogFormat::kText, kTime, LogLevel::kInfo, "storage", message, fields);
}

std::string Json(absl::string_view message, std::initializer_list<LogField> fields) {
  return FormatLogLine(LogFormat::kJson, kTime, LogLevel::kWarning, "gateway", message, fields);
}

TEST(LogLine, ReadsAsText) {
  EXPECT_EQ(Text("map installed", {{"epoch", 7},
                                   {"peer", "127.0.0.1:9200"},
                                   {"why", "disk full"},
                                   {"ok", false},
                                   {"share", 0.5},
                                   {"empty", ""}}),
            "2026-01-02T03:04:05.678Z INFO storage map installed epoch=7 peer=127.0.0.1:9200 "
            "why=\"disk full\" ok=false share=0.5 empty=\"\"");
}

TEST(LogLine, ReadsAsJson) {
  EXPECT_EQ(
      Json("map installed", {{"epoch", uint64_t{7}}, {"why", "a \"b\""}, {"ok", true}}),
      "{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"WARNING\",\"component\":\"gateway\","
      "\"message\":\"map installed\",\"epoch\":7,\"why\":\"a \\\"b\\\"\",\"ok\":true}");
}

TEST(LogLine, QuotesWhatLooksLikeAnotherField) {
  EXPECT_THAT(Text("m", {{"key", "a level=error"}}), EndsWith(" key=\"a level=error\""));
  EXPECT_THAT(Text("m", {{"key", "a\" level=\"error"}}),
              EndsWith(" key=\"a\\\" level=\\\"error\""));
  EXPECT_THAT(Text("m", {{"key", "a=b"}}), EndsWith(" key=\"a=b\""));
}

TEST(LogLine, EscapesWhatEndsALineOrSteersATerminal) {
  EXPECT_THAT(Text("m", {{"key", "a\n2026 ERROR forged"}}),
              EndsWith(" key=\"a\\n2026 ERROR forged\""));
  EXPECT_THAT(Text("m\nforged", {}), EndsWith(" m\\nforged"));
  EXPECT_THAT(Text("m", {{"key", "\x1b[2J\x7f\r\t"}}), EndsWith(" key=\"\\x1b[2J\\x7f\\r\\t\""));
  EXPECT_THAT(Text("m", {{"key", "\xc2\x9b"}}), EndsWith(" key=\"\\xc2\\x9b\""));  // C1 CSI
  EXPECT_THAT(Text("m", {{"key", "\xe2\x80\xa8"}}), EndsWith(" key=\"\\xe2\\x80\\xa8\""));  // LS
  EXPECT_THAT(Text("m", {{"key", "\xe2\x80\xae"}}), EndsWith(" key=\"\\xe2\\x80\\xae\""));  // RLO
}

TEST(LogLine, KeepsUtf8AndEscapesWhatIsNot) {
  EXPECT_THAT(Text("m", {{"key", "trébol ☘ 🍀"}}), EndsWith(" key=\"trébol ☘ 🍀\""));
  EXPECT_THAT(Text("m", {{"key", "\xff\xc3"}}), EndsWith(" key=\"\\xff\\xc3\""));
  EXPECT_THAT(Json("m", {{"key", "\xff"}}), HasSubstr("\\u00ff"));
}

TEST(LogLine, NumbersThatJsonCannotSayAreText) {
  EXPECT_THAT(Json("m", {{"key", std::numeric_limits<double>::infinity()}}),
              HasSubstr("\"key\":\"inf\""));
  EXPECT_THAT(Json("m", {{"key", std::numeric_limits<double>::quiet_NaN()}}),
              Not(HasSubstr(":nan")));
}

std::string AnyBytes() {
  return *rc::gen::container<std::string>(
      rc::gen::map(rc::gen::inRange(0, 256), [](int byte) { return static_cast<char>(byte); }));
}

RC_GTEST_PROP(LogLine, StaysOneLineOfUtf8WhateverTheValue, ()) {
  const std::string value = AnyBytes();
  for (const std::string& line : {Text(value, {{"key", value}}), Json(value, {{"key", value}})}) {
    RC_ASSERT(IsValidUtf8(line));
    for (char c : line) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
}

RC_GTEST_PROP(LogLine, JsonIsParsedBack, ()) {
  const std::string value = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
  const auto parsed = nlohmann::json::parse(Json(value, {{"key", value}}));
  RC_ASSERT(parsed.at("key").get<std::string>() == value);
  RC_ASSERT(parsed.at("message").get<std::string>() == value);
}

RC_GTEST_PROP(LogLine, AnyBytesAreValidJson, ()) {
  const std::string value = AnyBytes();
  RC_ASSERT(nlohmann::json::accept(Json("m", {{"key", value}})));
}

}  // namespace
}  // namespace trebol
