#pragma once

// Inside the client library only: this header brings in gRPC.

#include <grpcpp/client_context.h>

#include <functional>
#include <stop_token>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/internal/connection.h"
#include "client/internal/retry.h"
#include "client/internal/status_conversion.h"

namespace trebol::client {

/// Calls `method(lane, context, response)` within the client's timeout, again after failures that
/// may be repeated.
template <typename Response, typename Method>
absl::StatusOr<Response> CallUnary(Connection& connection, Effect effect, const Method& method) {
  const ClientOptions& options = connection.options();
  const absl::Time deadline = absl::Now() + options.timeout;
  Backoff backoff(options.max_attempts);
  while (true) {
    const Lane& lane = connection.NextLane();
    if (effect == Effect::kWrite) connection.AwaitConnected(lane);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    const std::stop_callback on_stop(options.stop, [&context] { context.TryCancel(); });
    Response response;
    const absl::Status status = FromGrpc(method(lane, &context, &response), options);
    if (status.ok()) {
      connection.retry_budget().OnSuccess();
      return response;
    }
    if (!MayRepeat(status, effect) ||
        !backoff.Wait(connection.retry_budget(), deadline, options.stop)) {
      return status;
    }
  }
}

}  // namespace trebol::client
