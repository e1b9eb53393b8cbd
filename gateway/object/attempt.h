#pragma once

#include <cstdint>
#include <memory>

#include "common/async/task.h"
#include "common/base/ids.h"
#include "gateway/cluster/gateway_session.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// What an attempt did before it ended.
struct Written {
  uint64_t chunks = 0;  // indexes below this may exist
  uint64_t bytes = 0;   // of one copy
  bool commit_sent = false;
};

/// Ends an attempt to commit a version, whose command came to `outcome` or was never sent. Unless
/// the version was committed it is given up, in the log, before a definite error is answered; what
/// stays ambiguous is decided in the background or by the session's end. The outcome may be that of
/// another attempt of the same operation.
Task<v1::Outcome> EndAttempt(std::shared_ptr<GatewaySession> session, OpenOperation operation,
                             absl::StatusOr<v1::Outcome> outcome, Written written);

}  // namespace trebol
