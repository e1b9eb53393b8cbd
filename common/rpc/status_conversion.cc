#include "common/rpc/status_conversion.h"

#include <cstdint>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/base/error.h"
#include "common/resilience/retry_after.h"
#include "trebol/v1/error.pb.h"

namespace trebol {
namespace {

// Clients accept 8 KiB of trailers as a rule. The message is in there twice: percent-encoded, at
// worst three times its length, and in the details as base64.
constexpr size_t kLongestMessage = 1500;

std::string Shortened(absl::string_view message) {
  if (message.size() <= kLongestMessage) return std::string(message);
  size_t size = kLongestMessage;
  // Not in the middle of a character.
  while (size > 0 && (static_cast<uint8_t>(message[size]) & 0xC0) == 0x80) --size;
  return absl::StrCat(message.substr(0, size), "...");
}

// While a server gets ready it looks several times a second whether it is.
constexpr absl::Duration kUntilReady = absl::Milliseconds(200);

/// The details that travel.
constexpr absl::string_view kDetailUrls[] = {kErrorDetailUrl, kRetryInfoUrl};

constexpr int kLastCode = static_cast<int>(absl::StatusCode::kUnauthenticated);

void AddDetails(const v1::StatusDetails& details, absl::Status* status) {
  for (const google::protobuf::Any& any : details.details()) {
    for (absl::string_view url : kDetailUrls) {
      if (any.type_url() == url) status->SetPayload(url, absl::Cord(any.value()));
    }
  }
}

absl::Status Hinted(const absl::Status& status) {
  if (status.GetPayload(kRetryInfoUrl).has_value()) return status;
  switch (ReasonOf(status)) {
    case v1::OVERLOADED:
      return WithRetryAfter(status, RetryAfter(absl::ZeroDuration()));
    case v1::NOT_READY:
      return WithRetryAfter(status, RetryAfter(kUntilReady));
    default:
      return status;
  }
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const absl::Status hinted = Hinted(status);
  v1::StatusDetails details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(Shortened(status.message()));
  for (absl::string_view url : kDetailUrls) {
    const auto payload = hinted.GetPayload(url);
    if (!payload.has_value()) continue;
    google::protobuf::Any* any = details.add_details();
    any->set_type_url(std::string(url));
    any->set_value(std::string(*payload));
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), details.message(),
                      details.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  v1::StatusDetails details;
  if (details.ParseFromString(status.error_details())) AddDetails(details, &result);
  return result;
}

absl::Status FromStatusDetails(const std::string& serialised) {
  v1::StatusDetails details;
  const bool readable = details.ParseFromString(serialised);
  if (!readable || details.code() <= 0 || details.code() > kLastCode) {
    return absl::InternalError("the peer answered with a failure that cannot be read");
  }
  absl::Status result(static_cast<absl::StatusCode>(details.code()), details.message());
  AddDetails(details, &result);
  return result;
}

}  // namespace trebol
