#pragma once

#include <stop_token>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/mutex.h"

namespace trebol::client {

/// Keeps retries from multiplying the load of a cluster in trouble: a retry costs a token, ten
/// successful calls earn one. Thread-safe.
class RetryBudget {
 public:
  bool TakeToken();
  void OnSuccess();

 private:
  Mutex mutex_;
  double tokens_ ABSL_GUARDED_BY(mutex_) = 20;
};

enum class Effect {
  kRead,
  kWrite,      // without an operation id: an attempt may take effect beside another
  kWriteOnce,  // all attempts carry one operation id, and the servers let one take effect
};

/// Whether a call that failed so may be sent again. A read, and a write with an id, whenever its
/// outcome is unknown and a repeat may learn it; a write without one only when the server says that
/// it did nothing.
bool MayRepeat(const absl::Status& status, Effect effect);

/// The session of the operation id ended before the call was decided; it never will be.
bool LostSession(const absl::Status& status);

/// The waits of one call: exponential from 100 ms to 2 s, each spread between half and the whole;
/// longer where the server says how long it wants to be left alone.
class Backoff {
 public:
  explicit Backoff(int max_attempts) : attempts_left_(max_attempts - 1) {}

  /// Waits before the attempt that follows one that failed so. False when there shall be none:
  /// attempts, budget or time until `deadline` are used up, or a stop was asked for. An attempt
  /// that was not `sent`, because there was no connection, was no load to anybody and its repeat
  /// costs no token.
  bool Wait(const absl::Status& failed, bool sent, RetryBudget& budget, absl::Time deadline,
            const std::stop_token& stop);

 private:
  int attempts_left_;
  absl::Duration next_ = absl::Milliseconds(100);
};

}  // namespace trebol::client
