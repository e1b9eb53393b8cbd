#include "gateway/s3/codec/query_headers.h"

#include <gtest/gtest.h>

#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

absl::StatusOr<RequestHead> With(absl::string_view query,
                                 std::vector<std::pair<std::string, std::string>> headers = {}) {
  return WithQueryHeaders({"PUT", "/b/k", std::string(query), std::move(headers)},
                          *QueryParameters::Parse(query));
}

TEST(QueryHeaders, AreHeadersThen) {
  const auto head =
      With("X-Amz-Meta-Color=%20red%20&x-amz-tagging=a%3D1&partNumber=1", {{"host", "h"}});
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->Header("x-amz-meta-color"), "red");
  EXPECT_EQ(head->Header("x-amz-tagging"), "a=1");
  EXPECT_EQ(head->Header("host"), "h");
  EXPECT_EQ(head->headers.size(), 3u);
}

TEST(QueryHeaders, ThoseOfTheSignatureStayInTheQuery) {
  const auto head = With(
      "X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Date=c&X-Amz-Expires=1&X-Amz-SignedHeaders=host&"
      "X-Amz-Signature=d&X-Amz-Security-Token=e&X-Amz-Content-Sha256=f");
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_TRUE(head->headers.empty());
}

TEST(QueryHeaders, SayNothingElseThanHeaders) {
  EXPECT_TRUE(With("x-amz-acl=private", {{"x-amz-acl", "private"}}).ok());
  EXPECT_EQ(CodeOf(With("x-amz-acl=private", {{"x-amz-acl", "public-read"}}).status()),
            "InvalidArgument");
  EXPECT_EQ(CodeOf(With("x-amz-acl=private&X-Amz-Acl=public-read").status()), "InvalidArgument");
}

TEST(QueryHeaders, AreWhatAHeaderCanBe) {
  for (const char* query : {"x-amz-meta-a=1%0D%0AX:%202", "x-amz-meta-a=%00", "x-amz-meta-a=%7F",
                            "x-amz-meta-a%3A=1", "x-amz-meta-%20=1"}) {
    EXPECT_EQ(CodeOf(With(query).status()), "InvalidArgument") << query;
  }
  EXPECT_TRUE(With("x-amz-meta-a=%C3%A9%09b").ok());
}

}  // namespace
}  // namespace trebol
