#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "gateway/cluster/gateway_session.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Sessions of clients: a client that has one repeats its calls through any gateway without
/// carrying them out twice. Thread-safe.
class ClientSessions {
 public:
  explicit ClientSessions(std::shared_ptr<GatewaySession> session) : session_(std::move(session)) {}

  Task<v1::OpenSessionResponse> Open(RequestContextPtr context, v1::OpenSessionRequest request);
  /// SESSION_CLOSED, SESSION_UNKNOWN; a renewal that comes late, or twice, changes nothing.
  Task<v1::RenewSessionResponse> Renew(RequestContextPtr context, v1::RenewSessionRequest request);
  Task<v1::CloseSessionResponse> Close(RequestContextPtr context, v1::CloseSessionRequest request);

 private:
  const std::shared_ptr<GatewaySession> session_;
};

}  // namespace trebol
