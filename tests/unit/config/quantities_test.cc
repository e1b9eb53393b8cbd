#include "common/config/quantities.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace trebol {
namespace {

TEST(Quantities, ReadSizes) {
  EXPECT_EQ(ParseSize("0").value(), 0u);
  EXPECT_EQ(ParseSize("64MiB").value(), 64u << 20);
  EXPECT_EQ(ParseSize("3B").value(), 3u);
  EXPECT_EQ(ParseSize("2kB").value(), 2000u);
  EXPECT_EQ(ParseSize("16777215TiB").value(), 16777215ull << 40);
  for (const char* text : {"", "64", "MiB", "64 MiB", "64mib", "64M", "-1B", "1.5GiB", "+1B",
                           "16777216TiB", "99999999999999999999B", "0x10B", "64MiBB"}) {
    EXPECT_FALSE(ParseSize(text).ok()) << text;
  }
}

TEST(Quantities, ReadDurations) {
  EXPECT_EQ(ParseDuration("10s").value(), absl::Seconds(10));
  EXPECT_EQ(ParseDuration("500ms").value(), absl::Milliseconds(500));
  EXPECT_EQ(ParseDuration("1h30m").value(), absl::Minutes(90));
  EXPECT_EQ(ParseDuration("14d").value(), absl::Hours(24 * 14));
  EXPECT_EQ(ParseDuration("0").value(), absl::ZeroDuration());
  EXPECT_EQ(DurationText(ParseDuration("876000h").value()), "36500d");
  for (const char* text : {"", "10", "-1s", "inf", "s", "10 s", "d", "1d2h", "-1d", "1.5d",
                           "36501d", "876001h", "4294967296d", "30001525029888h"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(Quantities, ReadBooleansAndNumbers) {
  for (const char* text : {"true", "yes", "on", "1"}) EXPECT_TRUE(ParseBoolean(text).value());
  for (const char* text : {"false", "no", "off", "0"}) EXPECT_FALSE(ParseBoolean(text).value());
  for (const char* text : {"", "True", "2", "t"}) EXPECT_FALSE(ParseBoolean(text).ok()) << text;
  EXPECT_EQ(ParseInteger("-3", -5, 5).value(), -3);
  for (const char* text : {"", "6", "-6", "1x", " 1", "1 ", "+1", "1.0", "9999999999999999999"}) {
    EXPECT_FALSE(ParseInteger(text, -5, 5).ok()) << text;
  }
  EXPECT_EQ(ParseNumber("0.25", 0, 1).value(), 0.25);
  for (const char* text : {"", "nan", "inf", "1.1", "-0.1", "0,5", " 0.5", "0.5 "}) {
    EXPECT_FALSE(ParseNumber(text, 0, 1).ok()) << text;
  }
}

RC_GTEST_PROP(Quantities, WhatIsWrittenIsReadBack, (uint64_t bytes, uint32_t millis)) {
  RC_ASSERT(ParseSize(SizeText(bytes)).value() == bytes);
  const absl::Duration duration = absl::Milliseconds(millis);
  RC_ASSERT(ParseDuration(DurationText(duration)).value() == duration);
}

RC_GTEST_PROP(Quantities, NeverStumbleOverBytes, (const std::string& text)) {
  (void)ParseSize(text).ok();
  (void)ParseDuration(text).ok();
  (void)ParseNumber(text, 0, 1).ok();
}

}  // namespace
}  // namespace trebol
