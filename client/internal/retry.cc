#include "client/internal/retry.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "client/error_reason.h"
#include "common/base/error.h"
#include "common/base/random.h"

namespace trebol::client {
namespace {

constexpr double kMaxTokens = 20;
constexpr double kTokensPerSuccess = 0.1;
constexpr absl::Duration kLongestWait = absl::Seconds(2);
// Who wants to be left alone for longer is no server to wait for in a call.
constexpr absl::Duration kLongestAsked = absl::Minutes(1);

absl::Duration Spread(absl::Duration wait) {
  const double share = static_cast<double>(RandomId() % 1000) / 1000;
  return wait * (0.5 + share / 2);
}

}  // namespace

bool RetryBudget::TakeToken() {
  MutexLock lock(&mutex_);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

void RetryBudget::OnSuccess() {
  MutexLock lock(&mutex_);
  tokens_ = std::min(kMaxTokens, tokens_ + kTokensPerSuccess);
}

bool MayRepeat(const absl::Status& status, Effect effect) {
  switch (ReasonOf(status)) {
    case ErrorReason::kQuorumNotMet:  // the attempt was decided ABANDONED
    case ErrorReason::kNotReady:
    case ErrorReason::kOverloaded:
      return true;
    case ErrorReason::kOperationUnknown:
      return false;
    default:
      break;
  }
  if (effect == Effect::kWrite) return false;
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) return true;
  if (effect == Effect::kRead) return false;
  // How gRPC tells of a stream that was reset; our servers give a reason with theirs.
  const bool broken =
      absl::IsCancelled(status) || absl::IsUnknown(status) || absl::IsInternal(status);
  return LostSession(status) || (broken && ReasonOf(status) == ErrorReason::kUnspecified);
}

bool LostSession(const absl::Status& status) {
  return ReasonOf(status) == ErrorReason::kSessionClosed;
}

bool Backoff::Wait(const absl::Status& failed, bool sent, RetryBudget& budget, absl::Time deadline,
                   const std::stop_token& stop) {
  if (stop.stop_requested()) return false;
  const absl::Duration asked = RetryAfterOf(failed).value_or(absl::ZeroDuration());
  if (asked > kLongestAsked) return false;
  const absl::Duration wait = std::max(Spread(next_), asked);
  if (attempts_left_ <= 0 || absl::Now() + wait >= deadline) return false;
  if (sent && !budget.TakeToken()) return false;
  --attempts_left_;
  next_ = std::min(next_ * 2, kLongestWait);
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock<std::mutex> lock(mutex);
  stopped.wait_for(lock, stop, absl::ToChronoMilliseconds(wait), [] { return false; });
  return !stop.stop_requested();
}

}  // namespace trebol::client
