#include "common/sigv4/uri_encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"

namespace trebol::sigv4 {
namespace {

TEST(UriEncode, KeepsWhatIsUnreservedAndNothingElse) {
  EXPECT_EQ(UriEncode("AZaz09-._~", Slash::kEncode), "AZaz09-._~");
  EXPECT_EQ(UriEncode(" !\"#$%&'()*+,:;<=>?@[]^`{|}", Slash::kEncode),
            "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%3A%3B%3C%3D%3E%3F%40%5B%5D%5E%60%7B%7C%7D");
  EXPECT_EQ(UriEncode("año\x7f", Slash::kEncode), "a%C3%B1o%7F");
}

TEST(UriEncode, LeavesTheSlashesOfPaths) {
  EXPECT_EQ(UriEncode("/a b/../c", Slash::kKeep), "/a%20b/../c");
  EXPECT_EQ(UriEncode("/a", Slash::kEncode), "%2Fa");
}

TEST(UriDecode, TakesDigitsOfEitherCaseOnce) {
  EXPECT_EQ(*UriDecode("%C3%b1%2b+%2525"), "\xc3\xb1++%25");
  EXPECT_EQ(*UriDecode("%00"), std::string(1, '\0'));
}

TEST(UriDecode, RefusesHalfAnEscape) {
  for (const char* text : {"%", "%4", "a%", "%G0", "%0G", "%%41", "% 1", "%-1", "%+1"}) {
    const auto decoded = UriDecode(text);
    EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(ReasonOf(decoded.status()), v1::INVALID_ARGUMENT) << text;
  }
}

RC_GTEST_PROP(UriEncode, IsUndoneByDecoding, (const std::string& text)) {
  for (const Slash slash : {Slash::kKeep, Slash::kEncode}) {
    const auto decoded = UriDecode(UriEncode(text, slash));
    RC_ASSERT(decoded.ok() && *decoded == text);
  }
}

TEST(SplitQuery, GivesNamesAndValuesInOrder) {
  const auto parameters = SplitQuery("prefix=a%2Fb+c&acl&empty=&x=1=2&&prefix=z&=v");
  ASSERT_TRUE(parameters.ok());
  std::string seen;
  for (const QueryParameter& parameter : *parameters) {
    absl::StrAppend(&seen, "[", parameter.name, "|", parameter.value, "|", parameter.raw_value,
                    "]");
  }
  EXPECT_EQ(seen, "[prefix|a/b c|a%2Fb+c][acl||][empty||][x|1=2|1=2][prefix|z|z][|v|v]");
}

TEST(SplitQuery, OfNothingIsNothing) {
  EXPECT_TRUE(SplitQuery("")->empty());
  EXPECT_TRUE(SplitQuery("&&")->empty());
}

TEST(SplitQuery, RefusesWhatNoRequestLineContains) {
  for (const absl::string_view query :
       {absl::string_view("a=%"), absl::string_view("%zz=1"), absl::string_view("a b"),
        absl::string_view("a=1\n"), absl::string_view("a=\0", 3), absl::string_view("a=\x7f")}) {
    EXPECT_EQ(SplitQuery(query).status().code(), absl::StatusCode::kInvalidArgument) << query;
  }
}

}  // namespace
}  // namespace trebol::sigv4
