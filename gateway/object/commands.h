#pragma once

#include <functional>
#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/ids.h"
#include "gateway/cluster/gateway_session.h"
#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Runs commands that change names. Thread-safe.
class Commands {
 public:
  explicit Commands(std::shared_ptr<GatewaySession> session) : session_(std::move(session)) {}

  /// Makes a command for one call of a client, with the operation id that the call has.
  using Make = std::function<v1::Command(const v1::OperationId& operation)>;
  /// `callers` is the caller's own id, or empty (session 0).
  Task<v1::Outcome> Run(RequestContextPtr context, v1::OperationId callers, Make make);

  /// Likewise, for a command that decides a version without chunks of its own. Whatever happens the
  /// version is decided, here or by the session's end.
  using MakeVersion =
      std::function<v1::Command(const v1::OperationId& operation, const VersionId& version)>;
  Task<v1::Outcome> RunVersion(RequestContextPtr context, v1::OperationId callers,
                               MakeVersion make);

 private:
  const std::shared_ptr<GatewaySession> session_;
};

/// How long a command that ends ambiguously is repeated.
inline constexpr absl::Duration kCommandPatience = absl::Seconds(10);

}  // namespace trebol
