#include "common/rpc/status_conversion.h"

#include <gtest/gtest.h>

#include <set>

#include "common/base/error.h"
#include "common/base/names.h"

namespace trebol {
namespace {

TEST(StatusConversion, CarriesEveryCodeReasonMessageAndAttachment) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
  for (int code = 1; code <= 16; ++code) {
    const absl::Status plain(static_cast<absl::StatusCode>(code), "what was wrong");
    EXPECT_EQ(FromGrpcStatus(ToGrpcStatus(plain)), plain);
    const absl::Status rich = MakeError(static_cast<absl::StatusCode>(code), v1::STALE_EPOCH,
                                        "what", std::string("\0\xFF\x7F", 3));
    const absl::Status back = FromGrpcStatus(ToGrpcStatus(rich));
    EXPECT_EQ(back, rich);
    EXPECT_EQ(ReasonOf(back), v1::STALE_EPOCH);
    EXPECT_EQ(AttachmentOf(back), std::string("\0\xFF\x7F", 3));
  }
}

TEST(StatusConversion, TakesAStatusOfAStrangerAsItIs) {
  const grpc::Status strange(grpc::StatusCode::UNAVAILABLE, "connection refused", "no details");
  const absl::Status status = FromGrpcStatus(strange);
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(status.message(), "connection refused");
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UNSPECIFIED);
}

TEST(StatusConversion, CutsAMessageThatWouldNotFitIntoTrailers) {
  std::string message = "x";
  while (message.size() < 5000) message += "\xC3\xA9";
  const grpc::Status cut = ToGrpcStatus(absl::InternalError(message));
  EXPECT_LT(cut.error_message().size() * 3 + cut.error_details().size() * 4 / 3, 8000u);
  EXPECT_TRUE(IsValidUtf8(cut.error_message()));
  EXPECT_EQ(cut.error_message().substr(0, 101), message.substr(0, 101));
}

TEST(StatusConversion, CarriesWhenToComeAgain) {
  const absl::Status status =
      WithRetryAfter(MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED, "full"),
                     absl::Milliseconds(777));
  const grpc::Status sent = ToGrpcStatus(status);
  EXPECT_EQ(RetryAfterOf(FromGrpcStatus(sent)), absl::Milliseconds(777));
  EXPECT_EQ(RetryAfterOf(FromStatusDetails(sent.error_details())), absl::Milliseconds(777));
  // Under the name that clients of any language know.
  v1::StatusDetails details;
  ASSERT_TRUE(details.ParseFromString(sent.error_details()));
  ASSERT_EQ(details.details_size(), 2);
  EXPECT_EQ(details.details(1).type_url(), "type.googleapis.com/google.rpc.RetryInfo");
}

TEST(StatusConversion, GivesATimeToWhoeverIsRefusedForNow) {
  const auto hint = [](v1::ErrorReason reason) {
    return RetryAfterOf(
        FromGrpcStatus(ToGrpcStatus(MakeError(absl::StatusCode::kUnavailable, reason, "not now"))));
  };
  for (const v1::ErrorReason reason : {v1::OVERLOADED, v1::NOT_READY}) {
    std::set<absl::Duration> times;
    for (int i = 0; i < 50; ++i) {
      const auto time = hint(reason);
      ASSERT_TRUE(time.has_value());
      EXPECT_GE(*time, absl::Milliseconds(50));
      EXPECT_LE(*time, absl::Seconds(2));
      times.insert(*time);
    }
    EXPECT_GT(times.size(), 20u) << "those who were refused together come back one by one";
  }
  EXPECT_EQ(hint(v1::DISK_FULL), std::nullopt) << "waiting empties no disk";
  EXPECT_EQ(hint(v1::QUORUM_NOT_MET), std::nullopt);
}

}  // namespace
}  // namespace trebol
