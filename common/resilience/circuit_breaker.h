#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/resilience/call_window.h"
#include "common/resilience/calls_in_flight.h"

namespace trebol {

struct CircuitBreakerOptions {
  /// How far back calls are judged.
  absl::Duration window = absl::Seconds(10);
  /// Fewer calls than these say nothing by their shares. As many without any answer between them
  /// say that the node hangs.
  int min_calls = 20;
  double failed_share = 0.5;
  double slow_share = 0.8;
  /// In a row: a process that is gone refuses at once, and many.
  int unreachable_calls = 5;
  /// Open for so long the first time, twice as long the next, up to the most.
  absl::Duration first_open = absl::Seconds(5);
  absl::Duration most_open = absl::Seconds(60);
  /// Closed for so long, the next opening counts as a first one again.
  absl::Duration steady = absl::Seconds(60);
  /// Answers in time, one after the other, that close it again.
  int probes = 3;
};

/// May I call this node now? Judges one node by the calls that were made to it: closed (yes), open
/// (no), half-open (one call at a time, to find out). Failures and slow calls count. A call is slow
/// when it passes the threshold, not when it ends: a node that hangs ends none.
///
/// Advises only: calls may be made whatever it says, and are judged. Pure: time is what the caller
/// says. Not thread-safe. O(1), but for calls that become slow.
class CircuitBreaker {
 public:
  enum class State { kClosed, kOpen, kHalfOpen };
  enum class Result {
    kAnswered,     // with anything that shows a node at work, a refusal as well
    kFailed,       // no such answer: its store failed, or the deadline passed
    kUnreachable,  // no connection, or it broke
    kGivenUp,      // by the caller, for reasons of its own
  };
  using Call = CallsInFlight::Slot;

  /// `seed` is for the jitter of how long it is open.
  explicit CircuitBreaker(CircuitBreakerOptions options = {}, uint64_t seed = 0);

  Call Begin(Instant now);
  /// Once for each call that began.
  void End(Call call, Result result, Instant now);
  /// Counts what time alone changes. Begin, End and Admits do it too.
  void Advance(Instant now);

  /// While half-open, who is told yes is the one that calls; the next is told so when that call
  /// has ended, or was never made for the time that is slow.
  bool Admits(Instant now);
  State state() const { return state_; }
  /// When it was opened first since it was last closed.
  Instant open_since() const { return open_since_; }
  /// How often it was opened.
  uint64_t openings() const { return openings_; }

  /// From when on a call is slow.
  void set_slow_after(absl::Duration slow_after) { slow_after_ = slow_after; }
  /// News of the node, such as its return: what was open is half-open.
  void Reconsider();
  /// True when a call has run for `duration` and no answer at all came since it began.
  bool SilentFor(absl::Duration duration, Instant now) const;
  /// A call was given up since the last answer: whether the node is alive is not known.
  bool in_doubt() const { return in_doubt_; }

 private:
  void Count(const CallWindow::Counts& counts, Instant now);
  void CountSlow(uint32_t era, Instant now);
  void Judge(Instant now);
  void Open(Instant now);
  void Close(Instant now);
  void HalfOpen();

  const CircuitBreakerOptions options_;
  std::minstd_rand random_;
  absl::Duration slow_after_ = absl::Seconds(1);
  State state_ = State::kClosed;
  uint32_t era_ = 0;  // counts changes of state: calls of an earlier one say nothing of this one
  CallsInFlight calls_;
  CallWindow window_;
  std::optional<Instant> last_answer_;
  int unreachable_ = 0;  // in a row
  int unanswered_ = 0;   // became slow, with no answer since
  bool in_doubt_ = false;
  Instant open_since_;
  Instant open_until_;
  std::optional<Instant> closed_at_;
  absl::Duration open_for_;  // the last time, without jitter
  uint64_t openings_ = 0;
  std::optional<Instant> probe_;  // when it was admitted
  int probes_ = 0;                // that were answered in time
};

}  // namespace trebol
