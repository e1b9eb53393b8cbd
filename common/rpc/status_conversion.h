#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"

namespace trebol {

/// The one table between absl::Status and gRPC: codes are the same numbers; the ErrorDetail travels
/// in the status details (error.proto, StatusDetails). Messages beyond 1,500 bytes are cut: a
/// client refuses long trailers, and with them the code. What is OVERLOADED or NOT_READY and says
/// not when to come again is given a time, which is another for each: 50 ms to 2 s.
grpc::Status ToGrpcStatus(const absl::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);
/// Of serialised StatusDetails alone. INTERNAL if they say nothing of a failure.
absl::Status FromStatusDetails(const std::string& details);

}  // namespace trebol
