#include "gateway/s3/codec/http_dates.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace trebol {
namespace {

const absl::Time kExample = absl::FromUnixSeconds(784111777);  // of RFC 9110
const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);  // 2026

TEST(HttpDates, WriteTheFormOfTheRfc) {
  EXPECT_EQ(HttpDate(kExample), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(HttpDate(kExample + absl::Milliseconds(999)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(HttpDate(absl::UnixEpoch()), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(HttpDate(absl::InfiniteFuture()), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(HttpDates, ReadAllThreeForms) {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(ParseHttpDate(text, kNow), kExample) << text;
  }
  EXPECT_EQ(ParseHttpDate("Tuesday, 01-Jan-30 00:00:00 GMT", kNow),
            absl::FromUnixSeconds(1893456000));  // 2030
  EXPECT_EQ(ParseHttpDate("Fri, 30 Jun 1972 23:59:60 GMT", kNow),
            ParseHttpDate("Sat, 01 Jul 1972 00:00:00 GMT", kNow));
}

TEST(HttpDates, RefuseWhatIsNoDate) {
  for (const char* text :
       {"", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 30 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "sun, 06 nov 1994 08:49:37 gmt", "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Fri, 31 Dec 9999 23:59:60 GMT", "1994-11-06T08:49:37Z"}) {
    EXPECT_FALSE(ParseHttpDate(text, kNow).has_value()) << text;
  }
}

TEST(HttpDates, WriteAndReadIso) {
  EXPECT_EQ(IsoMillis(kExample + absl::Milliseconds(7)), "1994-11-06T08:49:37.007Z");
  EXPECT_EQ(IsoMillis(absl::FromUnixMillis(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(ParseIso("1994-11-06T08:49:37Z"), kExample);
  EXPECT_EQ(ParseIso("1994-11-06T08:49:37.5Z"), kExample + absl::Milliseconds(500));
  EXPECT_EQ(ParseIso("1994-11-06T08:49:37.000000001Z"), kExample + absl::Nanoseconds(1));
  EXPECT_EQ(ParseIsoBasic("19941106T084937Z"), kExample);
  for (const char* text : {"", "1994-11-06", "1994-11-06T08:49:37", "1994-11-06T08:49:37.Z",
                           "1994-13-06T08:49:37Z", "1994-11-06T08:49:37.0000000001Z"}) {
    EXPECT_FALSE(ParseIso(text).has_value()) << text;
  }
  for (const char* text : {"", "19941106", "19941106T084937", "19941306T084937Z",
                           "1994-11-06T08:49:37Z", "19941106T084937ZZ"}) {
    EXPECT_FALSE(ParseIsoBasic(text).has_value()) << text;
  }
}

TEST(HttpDates, AreTimestamps) {
  for (const int64_t millis : {0, 1, 1500, -1}) {
    const absl::Time time = absl::FromUnixMillis(millis);
    EXPECT_EQ(ToTime(ToTimestamp(time)), time);
  }
}

RC_GTEST_PROP(HttpDates, ReadWhatTheyWrite, (uint32_t seconds, uint16_t millis)) {
  const absl::Time second = absl::FromUnixSeconds(seconds);
  RC_ASSERT(ParseHttpDate(HttpDate(second), kNow) == second);
  const absl::Time time = second + absl::Milliseconds(millis);
  RC_ASSERT(ParseIso(IsoMillis(time)) == time);
}

RC_GTEST_PROP(HttpDates, NeverStumbleOverBytes, (const std::string& text)) {
  (void)ParseHttpDate(text, kNow).has_value();
  (void)ParseIso(text).has_value();
  (void)ParseIsoBasic(text).has_value();
}

}  // namespace
}  // namespace trebol
