#include "common/base/error.h"

#include <gtest/gtest.h>

namespace trebol {
namespace {

TEST(Error, CarriesReasonAndAttachment) {
  const absl::Status status =
      MakeError(absl::StatusCode::kAborted, v1::STALE_EPOCH, "epoch 3 is old", "entry");
  EXPECT_EQ(ReasonOf(status), v1::STALE_EPOCH);
  EXPECT_EQ(AttachmentOf(status), "entry");
}

TEST(Error, AnnotateKeepsCodeReasonAndOk) {
  const absl::Status status = MakeError(absl::StatusCode::kNotFound, v1::BUCKET_NOT_FOUND, "no b");
  const absl::Status annotated = Annotate(status, "put");
  EXPECT_EQ(annotated.message(), "put: no b");
  EXPECT_EQ(annotated.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(annotated), v1::BUCKET_NOT_FOUND);
  EXPECT_TRUE(Annotate(absl::OkStatus(), "put").ok());
}

TEST(Error, PlainStatusHasNoReason) {
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), v1::ERROR_REASON_UNSPECIFIED);
}

TEST(Error, SaysWhenToComeAgain) {
  const absl::Status status = MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED, "x");
  EXPECT_EQ(RetryAfterOf(status), std::nullopt);
  const absl::Status hinted = WithRetryAfter(status, absl::Milliseconds(1'250));
  EXPECT_EQ(RetryAfterOf(hinted), absl::Milliseconds(1'250));
  EXPECT_EQ(ReasonOf(hinted), v1::OVERLOADED);
  EXPECT_EQ(RetryAfterOf(Annotate(hinted, "put")), absl::Milliseconds(1'250));
  absl::Status strange = status;
  strange.SetPayload(kRetryInfoUrl, absl::Cord("no message"));
  EXPECT_EQ(RetryAfterOf(strange), std::nullopt);
  EXPECT_EQ(RetryAfterOf(WithRetryAfter(status, absl::Seconds(-1))), std::nullopt);
}

}  // namespace
}  // namespace trebol
