#pragma once

#include <map>
#include <vector>

#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "metadata/catalog/reads.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Closes sessions that were not renewed for kSessionTerm. It measures by its own monotonic clock
/// and only time in which a renewal could have been accepted: a new leader grants a full term, and
/// a stall of the disk or of the process costs nobody a session. Not thread-safe: one thread ticks
/// it.
class SessionReaper {
 public:
  /// `open` are the sessions that are open now; `accepts` says whether renewals are applied
  /// promptly. Returns the closings to submit; each is void if a renewal comes in before it.
  std::vector<v1::CloseSessionCommand> Tick(Instant now,
                                            const std::vector<catalog::SessionInfo>& open,
                                            bool accepts);

 private:
  struct Watched {
    uint64_t number = 0;  // of the last renewal
    absl::Duration age;   // without a renewal
  };

  bool ticked_ = false;
  Instant last_tick_;
  std::map<SessionId, Watched> watched_;
};

}  // namespace trebol
