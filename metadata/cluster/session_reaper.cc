#include "metadata/cluster/session_reaper.h"

#include <algorithm>
#include <utility>

#include "common/base/limits.h"

namespace trebol {
namespace {

// A longer gap between ticks means that this process stood still, and renewals with it.
constexpr absl::Duration kMaxTickGap = absl::Seconds(3);

}  // namespace

std::vector<v1::CloseSessionCommand> SessionReaper::Tick(
    Instant now, const std::vector<catalog::SessionInfo>& open, bool accepts) {
  absl::Duration passed = absl::ZeroDuration();
  if (ticked_ && accepts) passed = std::min(now - last_tick_, kMaxTickGap);
  ticked_ = true;
  last_tick_ = now;

  std::vector<v1::CloseSessionCommand> expired;
  std::map<SessionId, Watched> watched;
  for (const catalog::SessionInfo& session : open) {
    const auto before = watched_.find(session.id);
    Watched& now_watched = watched[session.id];
    now_watched.number = session.row.number();
    if (before == watched_.end() || before->second.number != session.row.number()) continue;
    now_watched.age = before->second.age + passed;
    if (now_watched.age < kSessionTerm) continue;
    v1::CloseSessionCommand& close = expired.emplace_back();
    close.set_session(session.id.value);
    close.set_expired_at_number(session.row.number());
  }
  watched_ = std::move(watched);
  return expired;
}

}  // namespace trebol
