#include "common/base/error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace trebol {
namespace {

v1::ErrorDetail DetailOf(const absl::Status& status) {
  v1::ErrorDetail detail;
  if (auto payload = status.GetPayload(kErrorDetailUrl)) {
    if (!detail.ParseFromString(std::string(*payload))) detail.Clear();
  }
  return detail;
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, ErrorReason reason, absl::string_view message,
                       absl::string_view attachment) {
  absl::Status status(code, message);
  v1::ErrorDetail detail;
  detail.set_reason(reason);
  detail.set_attachment(std::string(attachment));
  status.SetPayload(kErrorDetailUrl, absl::Cord(detail.SerializeAsString()));
  return status;
}

ErrorReason ReasonOf(const absl::Status& status) { return DetailOf(status).reason(); }

std::string AttachmentOf(const absl::Status& status) { return DetailOf(status).attachment(); }

absl::Status WithRetryAfter(absl::Status status, absl::Duration wait) {
  v1::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(absl::IDivDuration(wait, absl::Seconds(1), &wait));
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(wait)));
  status.SetPayload(kRetryInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

std::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryInfoUrl);
  v1::RetryInfo info;
  if (!payload || !info.ParseFromString(std::string(*payload)) || !info.has_retry_delay()) {
    return std::nullopt;
  }
  const absl::Duration wait =
      absl::Seconds(info.retry_delay().seconds()) + absl::Nanoseconds(info.retry_delay().nanos());
  if (wait < absl::ZeroDuration()) return std::nullopt;
  return wait;
}

bool IsAmbiguous(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
      return true;
    default:
      return false;
  }
}

absl::Status Annotate(const absl::Status& status, absl::string_view context) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(), absl::StrCat(context, ": ", status.message()));
  status.ForEachPayload([&annotated](absl::string_view url, const absl::Cord& payload) {
    annotated.SetPayload(url, payload);
  });
  return annotated;
}

}  // namespace trebol
