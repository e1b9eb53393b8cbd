#include "gateway/s3/auth/policy_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

absl::Time Now() { return absl::FromCivil(absl::CivilSecond(2026, 1, 2), absl::UTCTimeZone()); }

constexpr char kBucket[] = "[\"eq\", \"$bucket\", \"photos\"]";

/// With these conditions, in JSON, for the bucket "photos".
absl::StatusOr<SizeRange> Check(absl::string_view conditions, const PolicyFields& fields) {
  return CheckPolicy(
      absl::Base64Escape(absl::StrCat(
          "{\"expiration\": \"2026-01-02T00:00:01Z\", \"conditions\": [", conditions, "]}")),
      "photos", fields, Now());
}

absl::Status StatusOf(absl::string_view document) {
  return CheckPolicy(absl::Base64Escape(document), "photos", {}, Now()).status();
}

std::string CodeOf(const absl::Status& status) { return status.ok() ? "" : ToS3Error(status).code; }

TEST(PolicyDocument, PassesWhatItsConditionsAllow) {
  const auto range = Check(absl::StrCat(kBucket,
                                        ", [\"starts-with\", \"$key\", \"user/\"]"
                                        ", {\"acl\": \"private\", \"x-amz-meta-a\": \"1\"}"
                                        ", [\"content-length-range\", 1, 1024]"),
                           {{"key", "user/cat.jpg"}, {"acl", "private"}, {"x-amz-meta-a", "1"}});
  ASSERT_TRUE(range.ok()) << range.status();
  EXPECT_EQ(range->min, 1u);
  EXPECT_EQ(range->max, 1024u);
}

TEST(PolicyDocument, AllowsFiveGibibytesUnlessToldOtherwise) {
  const auto range = Check(kBucket, {});
  ASSERT_TRUE(range.ok()) << range.status();
  EXPECT_EQ(range->min, 0u);
  EXPECT_EQ(range->max, 5 * kGiB);
  const auto narrow = Check(absl::StrCat(kBucket,
                                         ", [\"content-length-range\", \"5\", \"1000\"]"
                                         ", [\"Content-Length-Range\", 0, 10]"),
                            {});
  ASSERT_TRUE(narrow.ok()) << narrow.status();
  EXPECT_EQ(narrow->min, 5u);
  EXPECT_EQ(narrow->max, 10u);
}

TEST(PolicyDocument, TakesNamesInAnyCase) {
  EXPECT_EQ(Check("{\"bUcKeT\": \"photos\"}, [\"StArTs-WiTh\", \"$KeY\", \"foo\"], [\"EQ\", "
                  "\"$Content-Type\", \"a/b\"]",
                  {{"key", "foo.txt"}, {"content-type", "a/b"}})
                .status(),
            absl::OkStatus());
}

TEST(PolicyDocument, SaysWhichConditionFailed) {
  const auto fails = [](absl::string_view conditions, const PolicyFields& fields) {
    const auto status = Check(absl::StrCat(kBucket, ", ", conditions), fields).status();
    EXPECT_EQ(ReasonOf(status), v1::ACCESS_DENIED);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("Invalid according to Policy: Policy Condition failed: "));
    return std::string(status.message());
  };
  EXPECT_THAT(fails("[\"starts-with\", \"$key\", \"user/\"]", {{"key", "users"}}),
              HasSubstr("[\"starts-with\", \"$key\", \"user/\"]"));
  EXPECT_THAT(fails("{\"acl\": \"private\"}", {{"acl", "Private"}}),
              HasSubstr("[\"eq\", \"$acl\", \"private\"]"));
  fails("[\"eq\", \"$x-amz-meta-foo\", \"\"]", {{"x-amz-meta-foo", "barclamp"}});
  fails("[\"starts-with\", \"$x-amz-meta-foo\", \"bar\"]", {});
}

TEST(PolicyDocument, TakesAMissingFieldForEmpty) {
  EXPECT_TRUE(Check(absl::StrCat(kBucket, ", [\"starts-with\", \"$tag\", \"\"]"), {}).ok());
}

TEST(PolicyDocument, GrantsTheBucketOfTheUrlOnly) {
  EXPECT_EQ(CodeOf(Check("{\"bucket\": \"music\"}", {}).status()), "AccessDenied");
  EXPECT_EQ(CodeOf(Check("", {}).status()), "AccessDenied");
  // What the form says of itself counts for nothing.
  EXPECT_EQ(CodeOf(Check("{\"bucket\": \"music\"}", {{"bucket", "music"}}).status()),
            "AccessDenied");
  EXPECT_EQ(CodeOf(Check(kBucket, {{"bucket", "music"}}).status()), "AccessDenied");
  EXPECT_TRUE(Check(kBucket, {{"bucket", "photos"}}).ok());
}

TEST(PolicyDocument, WantsAConditionForEveryField) {
  const auto status = Check(kBucket, {{"key", "a"}}).status();
  EXPECT_EQ(CodeOf(status), "AccessDenied");
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("Invalid according to Policy: Extra input fields: key"));
  EXPECT_TRUE(Check(kBucket, {{"x-amz-signature", "1"},
                              {"file", "1"},
                              {"policy", "1"},
                              {"x-ignore-", "1"},
                              {"x-ignore-this", "1"}})
                  .ok());
  for (const char* name : {"x-ignore", "x-amz-date", "x-amz-credential", "success_action_status"}) {
    EXPECT_EQ(CodeOf(Check(kBucket, {{name, "1"}}).status()), "AccessDenied") << name;
  }
}

TEST(PolicyDocument, ExpiresAtItsTime) {
  const auto at = [](absl::string_view text) {
    return StatusOf(
        absl::StrCat("{\"expiration\": \"", text, "\", \"conditions\": [", kBucket, "]}"));
  };
  EXPECT_EQ(at("2026-01-02T00:00:00.001Z"), absl::OkStatus());
  EXPECT_EQ(ReasonOf(at("2026-01-02T00:00:00.000Z")), v1::REQUEST_EXPIRED);
  EXPECT_EQ(ReasonOf(at("2006-01-02T00:00:00Z")), v1::REQUEST_EXPIRED);
  EXPECT_THAT(std::string(at("2006-01-02T00:00:00Z").message()), HasSubstr("Policy expired"));
  for (const char* text : {"", "tomorrow", "2030-01-02", "2030-01-02T00:00:00", "infinite-future",
                           "2030-01-02 00:00:00Z", "2030-13-02T00:00:00Z"}) {
    EXPECT_EQ(CodeOf(at(text)), "InvalidPolicyDocument") << text;
  }
}

TEST(PolicyDocument, HasOneForm) {
  const std::string expiration = "\"expiration\": \"2026-01-03T00:00:00Z\"";
  for (const std::string& document : std::vector<std::string>{
           "",
           "null",
           "[]",
           "\"a\"",
           "{",
           "{\"a\":\xff}",
           "{}",
           "{" + expiration + "}",
           "{\"conditions\": []}",
           "{" + expiration + ", \"CONDITIONS\": []}",
           "{\"EXPIRATION\": \"2026-01-03T00:00:00Z\", \"conditions\": []}",
           "{" + expiration + ", \"conditions\": {}}",
           "{" + expiration + ", \"conditions\": [], \"more\": 1}",
           "{\"expiration\": 1767398400, \"conditions\": []}",
       }) {
    EXPECT_EQ(CodeOf(StatusOf(document)), "InvalidPolicyDocument") << document;
  }
  EXPECT_EQ(CodeOf(CheckPolicy("!", "photos", {}, Now()).status()), "InvalidPolicyDocument");
  EXPECT_EQ(CodeOf(CheckPolicy(std::string(100000, 'A'), "photos", {}, Now()).status()),
            "InvalidPolicyDocument");
}

TEST(PolicyDocument, KnowsFourKindsOfConditions) {
  for (const char* condition : {"{}",
                                "[]",
                                "1",
                                "\"bucket\"",
                                "null",
                                "{\"acl\": 1}",
                                "{\"acl\": [\"a\"]}",
                                "[\"eq\"]",
                                "[\"eq\", \"$key\"]",
                                "[\"eq\", \"$key\", \"a\", \"b\"]",
                                "[\"eq\", \"key\", \"a\"]",
                                "[\"eq\", \"$\", \"a\"]",
                                "[\"eq\", \"$key\", 1]",
                                "[\"in\", \"$key\", \"a\"]",
                                "[1, \"$key\", \"a\"]",
                                "[\"content-length-range\", 0]",
                                "[\"content-length-range\", -1, 0]",
                                "[\"content-length-range\", 2, 1]",
                                "[\"content-length-range\", 0.5, 1]",
                                "[\"content-length-range\", \"a\", 1]",
                                "[\"content-length-range\", 0, 99999999999999999999]"}) {
    EXPECT_EQ(CodeOf(Check(condition, {}).status()), "InvalidPolicyDocument") << condition;
  }
}

TEST(PolicyDocument, SurvivesDeepNesting) {
  EXPECT_EQ(CodeOf(StatusOf(std::string(40000, '['))), "InvalidPolicyDocument");
  EXPECT_EQ(CodeOf(StatusOf(absl::StrCat(std::string(20000, '['), std::string(20000, ']')))),
            "InvalidPolicyDocument");
}

TEST(CheckSize, ComparesWithTheRange) {
  const SizeRange range = {2, 4};
  EXPECT_EQ(CodeOf(CheckSize(range, 1)), "EntityTooSmall");
  EXPECT_EQ(CodeOf(CheckSize(range, 2)), "");
  EXPECT_EQ(CodeOf(CheckSize(range, 4)), "");
  EXPECT_EQ(CodeOf(CheckSize(range, 5)), "EntityTooLarge");
}

}  // namespace
}  // namespace trebol
