#include "gateway/s3/codec/byte_range.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/s3/codec/copy_source.h"
#include "gateway/s3/codec/percent.h"
#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

TEST(ByteRange, ReadsOneRange) {
  const auto closed = ParseRange("bytes=2-5");
  EXPECT_EQ(closed.range->offset(), 2u);
  EXPECT_EQ(closed.range->length(), 4u);
  const auto open = ParseRange("BYTES= 7-");
  EXPECT_EQ(open.range->offset(), 7u);
  EXPECT_FALSE(open.range->has_length());
  const auto suffix = ParseRange("bytes=-3");
  EXPECT_FALSE(suffix.range.has_value());
  EXPECT_EQ(suffix.suffix_length, 3u);
  EXPECT_EQ(ParseRange("bytes=-0").suffix_length, 0u);
  EXPECT_EQ(ParseRange("bytes=1-99999999999999999999999").range->length(), ~0ull);
  EXPECT_FALSE(ParseRange("bytes=0-18446744073709551615").range->has_length());
}

TEST(ByteRange, TakesAnythingElseForTheWholeObject) {
  for (const char* text :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes=a-b",
        "bytes=1", "bytes=+1-2", "bytes=1--2", "bytes=1 - 2", "bytes=0x1-2"}) {
    const auto range = ParseRange(text);
    EXPECT_FALSE(range.range.has_value() || range.suffix_length.has_value()) << text;
  }
}

TEST(ByteRange, ReadsPartNumbers) {
  EXPECT_EQ(ParsePartNumber("1").value(), 1u);
  EXPECT_EQ(ParsePartNumber("10000").value(), 10'000u);
  for (const char* text : {"", "0", "10001", "-1", "1.0", "x", "99999999999999999999"}) {
    EXPECT_EQ(CodeOf(ParsePartNumber(text).status()), "InvalidArgument") << text;
  }
}

TEST(ByteRange, IsStrictAboutSourcesOfCopies) {
  EXPECT_EQ(ParseCopySourceRange("bytes=0-0")->length(), 1u);
  for (const char* text : {"", "bytes=1-", "bytes=-1", "bytes=2-1", "0-1", "bytes=0-1,2-3",
                           "BYTES=0-1", "bytes=0-1 "}) {
    EXPECT_EQ(CodeOf(ParseCopySourceRange(text).status()), "InvalidArgument") << text;
  }
}

RC_GTEST_PROP(ByteRange, MeansWhatItSays, (uint32_t first, uint32_t more)) {
  const uint64_t last = static_cast<uint64_t>(first) + more;
  const auto range = ParseRange(absl::StrCat("bytes=", first, "-", last));
  RC_ASSERT(range.range->offset() == first);
  RC_ASSERT(range.range->length() == static_cast<uint64_t>(more) + 1);
}

TEST(CopySource, NamesAnObjectOrVersion) {
  const auto source = ParseCopySource("/bucket/a%20b%2Fc+d//e?versionId=v%2D1");
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(source->bucket, "bucket");
  EXPECT_EQ(source->key, "a b/c+d//e");
  EXPECT_EQ(source->version, "v-1");
  EXPECT_EQ(ParseCopySource("b/k")->key, "k");
  EXPECT_EQ(ParseCopySource("b/k?x=1")->key, "k?x=1");
  EXPECT_EQ(ParseCopySource("b/k%3FversionId=1")->key, "k?versionId=1");
}

TEST(CopySource, RefusesOtherForms) {
  for (const char* text : {"", "/", "b", "b/", "/b", "//k", "b/k?versionId=", "b/%00", "b/%FF",
                           "arn:aws:s3:us-east-1:1:accesspoint/p/object/k"}) {
    EXPECT_EQ(CodeOf(ParseCopySource(text).status()), "InvalidArgument") << text;
  }
  EXPECT_EQ(CodeOf(ParseCopySource("b/%G0").status()), "InvalidURI");
}

RC_GTEST_PROP(Percent, DecodesWhatItEncodes, (const std::string& text)) {
  RC_ASSERT(PercentDecode(UrlEncodedKey(text), Plus::kBlank).value() == text);
  RC_ASSERT(PercentDecode(UrlEncodedKey(text), Plus::kItself).value() == text);
}

}  // namespace
}  // namespace trebol
