#include "gateway/s3/codec/preconditions_header.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);
constexpr char kDate[] = "Sun, 06 Nov 1994 08:49:37 GMT";

RequestHead Head(std::vector<std::pair<std::string, std::string>> headers) {
  RequestHead head;
  head.headers = std::move(headers);
  return head;
}

std::vector<std::string> Matches(const std::string& value) {
  const auto read = ReadPreconditions(Head({{"if-match", value}}), kNow);
  return {read->if_match().begin(), read->if_match().end()};
}
std::vector<std::string> NoneMatches(const std::string& value) {
  const auto read = ReadPreconditions(Head({{"if-none-match", value}}), kNow);
  return {read->if_none_match().begin(), read->if_none_match().end()};
}
using Etags = std::vector<std::string>;

TEST(PreconditionsHeader, ReadsEtags) {
  EXPECT_EQ(Matches("\"a\""), Etags{"a"});
  EXPECT_EQ(Matches("a"), Etags{"a"});
  EXPECT_EQ(Matches("*"), Etags{"*"});
  EXPECT_EQ(Matches("\"a,b\" , c,, \"d\""), (Etags{"a,b", "c", "d"}));
  EXPECT_EQ(Matches("\"a"), Etags{"\"a"});
  EXPECT_EQ(NoneMatches("W/\"a\", \"b\""), (Etags{"a", "b"}));
  EXPECT_EQ(Matches("W/\"a\", \"b\""), (Etags{"W/\"a\"", "b"}));
}

TEST(PreconditionsHeader, DropsNoCondition) {
  for (const char* value : {"", " ", ",", "\"\""}) {
    EXPECT_EQ(CodeOf(ReadPreconditions(Head({{"if-match", value}}), kNow).status()),
              "InvalidArgument")
        << value;
    EXPECT_EQ(CodeOf(WritePreconditions(Head({{"if-none-match", value}})).status()),
              "InvalidArgument")
        << value;
  }
  const auto both = ReadPreconditions(Head({{"if-match", "a"}, {"if-match", "b"}}), kNow);
  EXPECT_EQ(both->if_match_size(), 2);
}

TEST(PreconditionsHeader, IgnoresWhatIsNoDate) {
  const auto read =
      ReadPreconditions(Head({{"if-modified-since", kDate}, {"if-unmodified-since", kDate}}), kNow);
  EXPECT_EQ(read->if_modified_since().seconds(), 784111777);
  EXPECT_EQ(read->if_unmodified_since().seconds(), 784111777);
  const auto bad = ReadPreconditions(
      Head({{"if-modified-since", "yesterday"}, {"if-unmodified-since", "0"}}), kNow);
  EXPECT_FALSE(bad->has_if_modified_since() || bad->has_if_unmodified_since());
  const std::string later = "Fri, 31 Dec 2100 08:49:37 GMT";
  const auto future =
      ReadPreconditions(Head({{"if-modified-since", later}, {"if-unmodified-since", later}}), kNow);
  EXPECT_FALSE(future->has_if_modified_since());
  EXPECT_TRUE(future->has_if_unmodified_since());
}

TEST(PreconditionsHeader, HasNoTimesForWrites) {
  const auto write =
      WritePreconditions(Head({{"if-none-match", "*"}, {"if-modified-since", kDate}}));
  EXPECT_EQ(write->if_none_match(0), "*");
  EXPECT_FALSE(write->has_if_modified_since());
  EXPECT_EQ(CodeOf(WritePreconditions(Head({{"if-unmodified-since", kDate}})).status()),
            "NotImplemented");
}

TEST(PreconditionsHeader, ReadsThoseOfASource) {
  const auto source =
      CopySourcePreconditions(Head({{"x-amz-copy-source-if-match", "\"a\""},
                                    {"x-amz-copy-source-if-none-match", "\"b\""},
                                    {"x-amz-copy-source-if-modified-since", kDate},
                                    {"x-amz-copy-source-if-unmodified-since", kDate},
                                    {"if-match", "c"}}),
                              kNow);
  EXPECT_EQ(source->if_match(0), "a");
  EXPECT_EQ(source->if_match_size(), 1);
  EXPECT_EQ(source->if_none_match(0), "b");
  EXPECT_TRUE(source->has_if_modified_since() && source->has_if_unmodified_since());
}

}  // namespace
}  // namespace trebol
