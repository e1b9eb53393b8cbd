#pragma once

// Inside the client library only: this header brings in gRPC.

#include <grpcpp/client_context.h>

#include <memory>
#include <stop_token>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/internal/client_session.h"
#include "client/internal/retry.h"
#include "client/internal/status_conversion.h"
#include "client/internal/transport.h"
#include "common/base/status_macros.h"

namespace trebol::client {

/// A method of a stub: `&v1::ObjectService::Stub::HeadObject`.
template <typename Stub, typename Request, typename Response>
using Rpc = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

template <typename Stub>
Stub& StubOf(const Lane& lane) {
  if constexpr (std::is_same_v<Stub, v1::ObjectService::Stub>) {
    return *lane.objects;
  } else if constexpr (std::is_same_v<Stub, v1::SessionService::Stub>) {
    return *lane.sessions;
  } else if constexpr (std::is_same_v<Stub, v1::AccessService::Stub>) {
    return *lane.access;
  } else {
    return *lane.admin;
  }
}

/// One attempt.
template <typename Stub, typename Request, typename Response>
absl::Status CallOnce(const Lane& lane, const CallContext& context, absl::Time deadline,
                      Rpc<Stub, Request, Response> rpc, const Request& request,
                      Response* response) {
  grpc::ClientContext grpc_context;
  grpc_context.set_deadline(absl::ToChronoTime(deadline));
  const std::stop_callback on_stop(context.stop, [&grpc_context] { grpc_context.TryCancel(); });
  return FromGrpc((StubOf<Stub>(lane).*rpc)(&grpc_context, request, response), lane.endpoint,
                  context);
}

/// A call that changes nothing, or whose repeat does no harm.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Read(Transport& transport, const CallContext& context,
                              Rpc<Stub, Request, Response> rpc, const Request& request) {
  const absl::Time deadline = absl::Now() + context.timeout;
  Backoff backoff(context.max_attempts);
  while (true) {
    const Lane& lane = transport.NextLane();
    const bool connected = transport.AwaitConnected(lane, context);
    Response response;
    const absl::Status status = CallOnce(lane, context, deadline, rpc, request, &response);
    if (status.ok()) {
      transport.retry_budget().OnSuccess();
      return response;
    }
    if (!MayRepeat(status, Effect::kRead) ||
        !backoff.Wait(status, connected, transport.retry_budget(), deadline, context.stop)) {
      return status;
    }
  }
}

/// A call that changes something. `request` gets the operation id, the same for every attempt; only
/// when its session ended, and with it any chance that it takes effect, it gets another.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Write(Transport& transport, ClientSession& session,
                               const CallContext& context, Rpc<Stub, Request, Response> rpc,
                               Request request) {
  const absl::Time deadline = absl::Now() + context.timeout;
  ASSIGN_OR_RETURN(Operation operation, session.Begin(context));
  Backoff backoff(context.max_attempts);
  while (true) {
    operation.Name(request);
    const Lane& lane = transport.NextLane();
    const bool connected = transport.AwaitConnected(lane, context);
    Response response;
    const absl::Status status = CallOnce(lane, context, deadline, rpc, request, &response);
    if (status.ok()) {
      transport.retry_budget().OnSuccess();
      return response;
    }
    if (!MayRepeat(status, operation.effect()) ||
        !backoff.Wait(status, connected, transport.retry_budget(), deadline, context.stop)) {
      return session.Ended(operation, status);
    }
    if (LostSession(status)) {
      ASSIGN_OR_RETURN(operation, session.Replace(std::move(operation), context));
    }
  }
}

}  // namespace trebol::client
