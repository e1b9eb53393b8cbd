#include "gateway/s3/error/s3_error.h"

#include <gtest/gtest.h>

#include <set>

#include "common/base/error.h"

namespace trebol {
namespace {

TEST(S3Error, KnowsEveryReasonOfWhatUsersAskFor) {
  const auto* const reasons = v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<ErrorReason>(reasons->value(i)->number());
    const bool of_users = (reason >= 1 && reason < 30) || reason >= 110;
    if (!of_users) continue;
    const S3Error error = ToS3Error(MakeError(absl::StatusCode::kInternal, reason, "why"));
    EXPECT_LT(error.http_status, 500) << ErrorReason_Name(reason);
    EXPECT_EQ(error.message, "why") << ErrorReason_Name(reason);
  }
}

TEST(S3Error, SaysNothingOfOtherServers) {
  const auto status = MakeError(absl::StatusCode::kUnavailable, v1::DATA_UNAVAILABLE,
                                "node 3 at 10.0.0.7:9200: connection refused");
  const S3Error error = ToS3Error(status);
  EXPECT_EQ(error.http_status, 503);
  EXPECT_EQ(error.code, "ServiceUnavailable");
  EXPECT_EQ(error.message.find("10.0.0.7"), std::string::npos);
}

TEST(S3Error, KeepsWhatTheDoorItselfSays) {
  const absl::Status status = S3Only(400, "MalformedXML", "the body is no XML: line 3");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const S3Error error = ToS3Error(status);
  EXPECT_EQ(error.http_status, 400);
  EXPECT_EQ(error.code, "MalformedXML");
  EXPECT_EQ(error.message, "the body is no XML: line 3");
}

TEST(S3Error, TellsHowLongToWait) {
  const absl::Status busy =
      MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED, "serves 1024 requests");
  EXPECT_EQ(ToS3Error(busy).retry_after_seconds, 0);
  const S3Error error = ToS3Error(WithRetryAfter(busy, absl::Milliseconds(1200)));
  EXPECT_EQ(error.code, "SlowDown");
  EXPECT_EQ(error.http_status, 503);
  EXPECT_EQ(error.retry_after_seconds, 2);
}

}  // namespace
}  // namespace trebol
