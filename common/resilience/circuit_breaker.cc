#include "common/resilience/circuit_breaker.h"

#include <algorithm>

#include "common/base/planted.h"

namespace trebol {
namespace {

// Of how long it is open. Gateways that saw the same failure do not all come back at once.
constexpr double kJitter = 0.2;

}  // namespace

CircuitBreaker::CircuitBreaker(CircuitBreakerOptions options, uint64_t seed)
    : options_(options),
      random_(static_cast<std::minstd_rand::result_type>(seed)),
      window_(options.window) {}

CircuitBreaker::Call CircuitBreaker::Begin(Instant now) {
  Advance(now);
  return calls_.Begin(now, era_);
}

void CircuitBreaker::End(Call call, Result result, Instant now) {
  Advance(now);
  // Without an answer it is as slow as the oldest that waits for one.
  const bool hangs = result == Result::kGivenUp && SilentFor(slow_after_, now);
  const auto [counted, era] = calls_.End(call);
  const bool is_probe = state_ == State::kHalfOpen && era == era_;
  if (is_probe) probe_.reset();
  switch (result) {
    case Result::kAnswered:
      last_answer_ = now;
      unanswered_ = 0;
      unreachable_ = 0;
      in_doubt_ = false;
      if (era != era_ || counted) return;
      Count({.calls = 1}, now);
      if (is_probe && ++probes_ >= options_.probes) Close(now);
      return;
    case Result::kGivenUp:
      in_doubt_ = true;
      if (hangs && !counted) CountSlow(era, now);
      return;
    case Result::kFailed:
    case Result::kUnreachable:
      if (era != era_) return;
      if (result == Result::kUnreachable) ++unreachable_;
      Count({.calls = counted ? 0 : 1, .failed = 1}, now);
      if (is_probe) Open(now);
      return;
  }
}

void CircuitBreaker::Advance(Instant now) {
  if (state_ == State::kOpen && now >= open_until_) HalfOpen();
  while (const auto era = calls_.NextOverdue(slow_after_, now)) CountSlow(*era, now);
}

bool CircuitBreaker::Admits(Instant now) {
  Advance(now);
  if (state_ != State::kHalfOpen) return state_ == State::kClosed;
  if (probe_.has_value() && now - *probe_ < slow_after_) return false;
  probe_ = now;
  return true;
}

void CircuitBreaker::Reconsider() {
  if (state_ == State::kOpen) HalfOpen();
}

bool CircuitBreaker::SilentFor(absl::Duration duration, Instant now) const {
  const auto oldest = calls_.oldest();
  if (!oldest.has_value() || now - *oldest < duration) return false;
  return !last_answer_.has_value() || *last_answer_ <= *oldest;
}

void CircuitBreaker::Count(const CallWindow::Counts& counts, Instant now) {
  window_.Add(counts, now);
  Judge(now);
}

void CircuitBreaker::CountSlow(uint32_t era, Instant now) {
  if (era != era_ || Planted("resilience.slow_is_fine")) return;
  ++unanswered_;
  if (state_ == State::kHalfOpen) {
    Open(now);
    return;
  }
  Count({.calls = 1, .slow = 1}, now);
}

void CircuitBreaker::Judge(Instant now) {
  if (state_ != State::kClosed) return;
  const CallWindow::Counts total = window_.Total(now);
  const auto share = [&total](int64_t part) {
    return static_cast<double>(part) / static_cast<double>(total.calls);
  };
  const bool many = total.calls >= options_.min_calls;
  if (unreachable_ >= options_.unreachable_calls || unanswered_ >= options_.min_calls ||
      (many && share(total.failed) >= options_.failed_share) ||
      (many && share(total.slow) >= options_.slow_share)) {
    Open(now);
  }
}

void CircuitBreaker::Open(Instant now) {
  const bool first =
      state_ == State::kClosed && (!closed_at_.has_value() || now - *closed_at_ >= options_.steady);
  if (state_ == State::kClosed) open_since_ = now;
  open_for_ = first ? options_.first_open : std::min(open_for_ * 2, options_.most_open);
  std::uniform_real_distribution<double> jitter(1 - kJitter, 1 + kJitter);
  open_until_ = now + open_for_ * jitter(random_);
  state_ = State::kOpen;
  ++era_;
  ++openings_;
}

void CircuitBreaker::HalfOpen() {
  state_ = State::kHalfOpen;
  ++era_;
  probe_.reset();
  probes_ = 0;
}

void CircuitBreaker::Close(Instant now) {
  state_ = State::kClosed;
  ++era_;
  closed_at_ = now;
  window_.Clear();
  unreachable_ = 0;
  unanswered_ = 0;
}

}  // namespace trebol
