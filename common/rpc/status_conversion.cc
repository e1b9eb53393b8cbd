#include "common/rpc/status_conversion.h"

#include <string>

#include "absl/strings/cord.h"
#include "common/base/error.h"
#include "trebol/v1/error.pb.h"

namespace trebol {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  v1::StatusDetails details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(std::string(status.message()));
  if (const auto payload = status.GetPayload(kErrorDetailUrl)) {
    google::protobuf::Any* any = details.add_details();
    any->set_type_url(std::string(kErrorDetailUrl));
    any->set_value(std::string(*payload));
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), details.message(),
                      details.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  v1::StatusDetails details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& any : details.details()) {
      if (any.type_url() == kErrorDetailUrl) {
        result.SetPayload(kErrorDetailUrl, absl::Cord(any.value()));
      }
    }
  }
  return result;
}

}  // namespace trebol
