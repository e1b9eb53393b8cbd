#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// How far an audit is, and what it was told. A plain value.
struct AuditProgress {
  bool paused = false;
  bool start = false;  // asked for, and not begun
  bool running = false;
  Instant began;
  uint64_t done = 0;       // in this pass, or the last
  uint64_t last_done = 0;  // in the last whole pass
  uint64_t passes = 0;     // that ended
  std::optional<Instant> ended;
  std::string problem;

  bool IsDue(Instant now, Instant due) const { return !paused && (now >= due || start); }
  void Begin(Instant now);
  void End(Instant now);

  /// In the words that operators see; rate and what is left of it are those of this pass.
  v1::BackgroundTask Describe(const std::string& name, const std::string& unit, Instant now) const;
};

}  // namespace trebol
