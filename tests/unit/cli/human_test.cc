#include "cli/human.h"

#include <gtest/gtest.h>

namespace trebol::cli {
namespace {

TEST(Human, BytesHaveOneDecimal) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(1023), "1023 B");
  EXPECT_EQ(HumanBytes(1024), "1.0 KiB");
  EXPECT_EQ(HumanBytes(1536), "1.5 KiB");
  EXPECT_EQ(HumanBytes((1 << 20) - 1), "1.0 MiB") << "not 1024.0 KiB";
  EXPECT_EQ(HumanBytes(uint64_t{5} << 40), "5.0 TiB");
  EXPECT_EQ(HumanBytes(UINT64_MAX), "16.0 EiB");
}

TEST(Human, DurationsAreClockTimes) {
  EXPECT_EQ(HumanDuration(absl::ZeroDuration()), "0:00");
  EXPECT_EQ(HumanDuration(absl::Seconds(59.6)), "1:00");
  EXPECT_EQ(HumanDuration(absl::Seconds(754)), "12:34");
  EXPECT_EQ(HumanDuration(absl::Hours(25) + absl::Seconds(61)), "25:01:01");
}

TEST(Human, NamesCannotSteerATerminal) {
  EXPECT_EQ(Printable("a é 漢.txt"), "a é 漢.txt");
  EXPECT_EQ(Printable("a\nb\x1b[2J\x7f"), "a\\nb\\x1b[2J\\x7f");
  EXPECT_EQ(Printable("a\xc2\x9b"), "a\\u009b") << "a control character of one sign";
  EXPECT_EQ(Printable("a\xff"), "a\\xff");
}

TEST(Human, Rfc3339IsUtc) {
  EXPECT_EQ(Rfc3339(absl::FromUnixSeconds(1'700'000'000)), "2023-11-14T22:13:20Z");
  EXPECT_EQ(Rfc3339(absl::FromUnixMillis(1'700'000'000'250)), "2023-11-14T22:13:20.25Z");
}

}  // namespace
}  // namespace trebol::cli
