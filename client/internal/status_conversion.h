#pragma once

// Inside the client library only: this header brings in gRPC.

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"
#include "client/connection.h"

namespace trebol::client {

/// What gRPC reported about a call to `endpoint`. The error detail of Trébol's servers stays
/// attached; errors that gRPC itself made are put into words that name the endpoint and the remedy.
absl::Status FromGrpc(const grpc::Status& status, const std::string& endpoint,
                      const CallContext& context);

}  // namespace trebol::client
