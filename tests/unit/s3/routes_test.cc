#include "gateway/s3/door/routes.h"

#include <gtest/gtest.h>

#include <set>

namespace trebol {
namespace {

using Op = S3Operation;
using Names = std::vector<std::string>;

std::optional<Op> Find(const char* method, S3Scope scope, const Names& query = {},
                       const Names& headers = {}) {
  const auto route = FindS3Route(method, scope, query, headers);
  return route.has_value() ? std::optional(route->operation) : std::nullopt;
}

TEST(S3Routes, EveryRowIsReachedByWhatItNames) {
  for (const S3Route& row : S3Routes()) {
    Names query, headers;
    if (*row.query != '\0') query.push_back(row.query);
    if (*row.header != '\0') headers.push_back(row.header);
    const auto found = FindS3Route(row.method, row.scope, query, headers);
    ASSERT_TRUE(found.has_value()) << row.name;
    EXPECT_STREQ(found->name, row.name);
  }
}

TEST(S3Routes, EveryOperationHasARow) {
  std::set<Op> operations;
  for (const S3Route& row : S3Routes()) operations.insert(row.operation);
  for (int i = 0; i < static_cast<int>(Op::kNotImplemented); ++i) {
    EXPECT_TRUE(operations.contains(static_cast<Op>(i))) << i;
  }
}

TEST(S3Routes, OtherParametersChangeNothing) {
  EXPECT_EQ(Find("GET", S3Scope::kBucket, {"prefix", "max-keys"}), Op::kListObjects);
  EXPECT_EQ(Find("GET", S3Scope::kBucket, {"list-type", "prefix"}), Op::kListObjectsV2);
  EXPECT_EQ(Find("GET", S3Scope::kObject, {"versionId", "response-expires", "x-id"}),
            Op::kGetObject);
  EXPECT_EQ(Find("PUT", S3Scope::kObject, {"partNumber", "uploadId"}), Op::kUploadPart);
  EXPECT_EQ(Find("PUT", S3Scope::kObject, {"partNumber", "uploadId"}, {"x-amz-copy-source"}),
            Op::kUploadPartCopy);
  EXPECT_EQ(Find("PUT", S3Scope::kObject, {}, {"x-amz-copy-source"}), Op::kCopyObject);
}

TEST(S3Routes, ASubResourceThatIsNotServedIsNeverThePlainOperation) {
  for (const char* const method : {"GET", "PUT", "POST", "DELETE", "HEAD"}) {
    for (const S3Scope scope : {S3Scope::kBucket, S3Scope::kObject}) {
      for (const char* const name : {"restore", "select", "inventory", "torrent", "metrics"}) {
        const auto route = FindS3Route(method, scope, {name}, {});
        ASSERT_TRUE(route.has_value());
        EXPECT_EQ(route->operation, Op::kNotImplemented) << method << " " << name;
      }
    }
  }
  const auto lifecycle = FindS3Route("PUT", S3Scope::kBucket, {"lifecycle"}, {});
  ASSERT_TRUE(lifecycle.has_value());
  EXPECT_EQ(lifecycle->operation, Op::kNotImplemented);
  EXPECT_STREQ(lifecycle->name, "lifecycle");
  EXPECT_EQ(Find("PUT", S3Scope::kObject, {"retention"}), Op::kNotImplemented);
  EXPECT_EQ(Find("DELETE", S3Scope::kBucket, {"cors", "tagging"}), Op::kNotImplemented);
}

TEST(S3Routes, KnowsNoOtherMethods) {
  for (const char* const method : {"PATCH", "TRACE", "CONNECT", "get", ""}) {
    EXPECT_EQ(Find(method, S3Scope::kObject), std::nullopt) << method;
  }
  EXPECT_EQ(Find("PUT", S3Scope::kService), std::nullopt);
}

// Who may do what is decided for every route: by its row, or by the operation itself where the row
// cannot know.
TEST(S3Routes, NearlyAllSayWhatTheCallerMustBeAllowed) {
  const std::set<Op> by_themselves = {Op::kListBuckets, Op::kCreateBucket, Op::kPostObject,
                                      Op::kPreflight};
  for (const S3Route& row : S3Routes()) {
    EXPECT_EQ(row.action.has_value(), !by_themselves.contains(row.operation)) << row.name;
  }
}

}  // namespace
}  // namespace trebol
