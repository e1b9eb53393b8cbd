#pragma once

#include <functional>
#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/ids.h"
#include "gateway/cluster/gateway_session.h"
#include "gateway/object/bucket_lookup.h"
#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Runs commands that change names. Thread-safe.
class Commands {
 public:
  Commands(std::shared_ptr<GatewaySession> session, std::shared_ptr<BucketLookup> buckets)
      : session_(std::move(session)), buckets_(std::move(buckets)) {}

  /// Logs a command as GatewaySession::Submit does, for the buckets that the request was let into.
  /// When one of them was deleted and created anew meanwhile, the caller's right to the new one is
  /// checked first: ACCESS_DENIED; BUCKET_REPLACED if that goes on and on.
  Task<v1::Outcome> Submit(RequestContextPtr context, v1::Command command);

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
  const std::shared_ptr<BucketLookup> buckets_;
};

/// How long a command that ends ambiguously is repeated.
inline constexpr absl::Duration kCommandPatience = absl::Seconds(10);

}  // namespace trebol
