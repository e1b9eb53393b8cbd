#include "common/daemon/readiness_log.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "common/telemetry/log.h"

namespace trebol {

void ReadinessLog::Note(Instant now, const std::vector<std::string>& missing) {
  if (missing.empty()) {
    if (!said_.empty()) Log(LogLevel::kInfo, component_, "ready");
    said_.clear();
    since_ = Instant::InfiniteFuture();
    return;
  }
  since_ = std::min(since_, now);
  // What is missing may be told in words that change all the time.
  if (now - since_ < kPatience || missing == said_) return;
  if (!said_.empty() && now - said_at_ < kPatience) return;
  said_ = missing;
  said_at_ = now;
  Log(LogLevel::kWarning, component_, "not ready", {{"missing", absl::StrJoin(missing, "; ")}});
}

}  // namespace trebol
