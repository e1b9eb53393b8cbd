#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "gateway/grpc/call_gate.h"
#include "gateway/object/bucket_claims.h"

namespace trebol {

/// What the gate is asked about a request. A value.
struct AskedOf {
  std::string bucket;
  std::string source;
};

/// The buckets that a message names; empty where it has none.
template <typename Message>
AskedOf AskedBy(const Message& message) {
  AskedOf asked;
  if constexpr (requires { message.source_bucket(); }) asked.source = message.source_bucket();
  if constexpr (requires { message.bucket(); }) asked.bucket = message.bucket();
  return asked;
}

/// Runs what `make` makes for the caller, once the gate let them in, in the context that says so.
/// `make` is kept meanwhile, with all it holds by value.
template <typename Make>
Task<void> Gated(std::shared_ptr<CallGate> gate, RequestContextPtr context, CallClaim claim,
                 AskedOf asked, Make make) {
  context = WithClaims(context);
  CO_ASSIGN_OR_RETURN(const Caller caller,
                      co_await gate->Enter(context, std::move(claim), std::move(asked.bucket),
                                           std::move(asked.source)));
  co_return co_await make(std::move(context), caller);
}

inline Task<RequestContextPtr> EnterOnce(std::shared_ptr<CallGate> gate, RequestContextPtr context,
                                         CallClaim claim, std::string bucket) {
  auto caller = co_await gate->Enter(context, std::move(claim), std::move(bucket), "");
  CO_RETURN_IF_ERROR(caller.status());
  co_return context;
}

/// Of a stream, whose first message names the bucket: the context in which it goes on.
using EnterStream =
    std::function<Task<RequestContextPtr>(RequestContextPtr context, std::string bucket)>;
inline EnterStream Entrance(std::shared_ptr<CallGate> gate, CallClaim claim) {
  return [gate = std::move(gate), claim = std::move(claim)](
             RequestContextPtr context, std::string bucket) -> Task<RequestContextPtr> {
    return EnterOnce(gate, WithClaims(context), claim, std::move(bucket));
  };
}

}  // namespace trebol
