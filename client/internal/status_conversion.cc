#include "client/internal/status_conversion.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/base/error.h"

namespace trebol::client {
namespace {

using google::protobuf::internal::WireFormatLite;

/// `bytes` are a google.rpc.Status: code = 1, message = 2, details = 3 (google.protobuf.Any). Its
/// definition is not part of protobuf, so that it is read here by hand. Unreadable bytes give none.
void AttachDetails(const std::string& bytes, absl::Status* status) {
  constexpr uint32_t kDetailsTag =
      WireFormatLite::MakeTag(3, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  while (const uint32_t tag = input.ReadTag()) {
    if (tag != kDetailsTag) {
      if (!WireFormatLite::SkipField(&input, tag)) return;
      continue;
    }
    std::string serialised;
    google::protobuf::Any any;
    if (!WireFormatLite::ReadBytes(&input, &serialised) || !any.ParseFromString(serialised)) return;
    for (const absl::string_view url : {kErrorDetailUrl, kRetryInfoUrl}) {
      if (any.type_url() == url) status->SetPayload(url, absl::Cord(any.value()));
    }
  }
}

std::string DescribeUnreachable(absl::string_view endpoint, absl::string_view message) {
  if (absl::StrContains(message, "http1.x")) {
    return absl::StrCat(endpoint, " answers HTTP, not gRPC; the gRPC port is 9100 by default");
  }
  if (absl::StrContains(message, "Failed parsing HTTP/2")) {
    return absl::StrCat(endpoint, " does not speak gRPC; the gRPC port is 9100 by default");
  }
  absl::string_view reason = message;
  for (const absl::string_view known :
       {"Connection refused", "No route to host", "Network is unreachable", "Host is unreachable",
        "Connection reset by peer", "Socket closed", "DNS resolution failed"}) {
    if (absl::StrContains(message, known)) reason = known;
  }
  return absl::StrCat("cannot reach ", endpoint, " (", reason,
                      "); check that a gateway listens there, or name another endpoint");
}

}  // namespace

absl::Status FromGrpc(const grpc::Status& status, const std::string& endpoint,
                      const CallContext& context) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  if (!status.error_details().empty()) {
    absl::Status converted(code, status.error_message());
    AttachDetails(status.error_details(), &converted);
    return converted;
  }
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return absl::UnavailableError(DescribeUnreachable(endpoint, status.error_message()));
    case absl::StatusCode::kDeadlineExceeded:
      return absl::DeadlineExceededError(
          absl::StrCat(endpoint, " did not answer in time; it may be overloaded"));
    case absl::StatusCode::kUnimplemented:
      return absl::UnimplementedError(
          absl::StrCat(endpoint, " speaks gRPC but does not offer this call (",
                       status.error_message(), "); is it the port of a Trébol gateway?"));
    case absl::StatusCode::kCancelled:
      if (context.stop.stop_requested()) return absl::CancelledError("stopped");
      break;
    default:
      break;
  }
  return absl::Status(code, status.error_message());
}

}  // namespace trebol::client
