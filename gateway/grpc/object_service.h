#pragma once

#include <memory>

#include "common/async/runtime.h"
#include "common/base/limits.h"
#include "gateway/grpc/call_gate.h"
#include "gateway/object/client_sessions.h"
#include "gateway/object/object_operations.h"

namespace grpc {
class Service;
}

namespace trebol {

/// trebol.v1.ObjectService: gate → decode → operation → encode. Thread-safe; `runtime` outlives it.
/// A client that makes no progress in a stream for `client_idle` is cut off.
std::unique_ptr<grpc::Service> MakeObjectService(Runtime& runtime, ObjectOperations operations,
                                                 std::shared_ptr<CallGate> gate,
                                                 absl::Duration client_idle = kClientIdleTimeout);

/// trebol.v1.SessionService.
std::unique_ptr<grpc::Service> MakeSessionService(Runtime& runtime,
                                                  std::shared_ptr<ClientSessions> sessions,
                                                  std::shared_ptr<CallGate> gate);

}  // namespace trebol
