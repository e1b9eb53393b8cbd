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

}  // namespace
}  // namespace trebol
