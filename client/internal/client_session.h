#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <stop_token>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/connection.h"
#include "client/internal/retry.h"
#include "common/base/mutex.h"

namespace trebol::client {

class ClientSession;
class Transport;

/// One call that changes something, from its first attempt to its last: while it lives the servers
/// keep its outcome. A guard; movable. Its session must outlive it.
class Operation {
 public:
  Operation() = default;
  Operation(Operation&& other) noexcept;
  Operation& operator=(Operation&& other) noexcept;
  ~Operation();

  /// Puts the id, if there is one, into a request, or the header of a stream.
  template <typename Message>
  void Name(Message& message) const {
    if (counter_ == 0) return;
    message.mutable_operation()->set_session(session_);
    message.mutable_operation()->set_counter(counter_);
  }
  Effect effect() const { return counter_ == 0 ? Effect::kWrite : Effect::kWriteOnce; }

 private:
  friend class ClientSession;
  Operation(ClientSession* owner, uint64_t session, uint64_t counter)
      : owner_(owner), session_(session), counter_(counter) {}

  ClientSession* owner_ = nullptr;
  uint64_t session_ = 0;
  uint64_t counter_ = 0;  // 0: the gateway gives us no sessions
};

/// The client's licence to number its calls: opened with the first write, renewed by a thread of
/// its own three times a term, closed by the destructor, which waits a second at most. A session
/// that was lost is replaced by the next call. A gateway that does not know sessions, or gives none
/// to clients without a key, is remembered, and calls go without ids. Thread-safe.
class ClientSession {
 public:
  explicit ClientSession(std::shared_ptr<Transport> transport);
  ~ClientSession();

  /// A new operation. Opens a session if there is none; its errors, and CANCELLED.
  absl::StatusOr<Operation> Begin(const CallContext& context);
  /// For an operation that was answered SESSION_CLOSED: the same call under another id.
  absl::StatusOr<Operation> Replace(Operation lost, const CallContext& context);
  /// Looks at how a call ended: when the servers no longer know the session, the next call opens
  /// another. Returns `status`.
  absl::Status Ended(const Operation& operation, absl::Status status);

 private:
  friend class Operation;
  enum class State { kNone, kOpening, kOpen, kUnsupported };

  absl::Status AwaitSession(const CallContext& context) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Open(const CallContext& context) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(uint64_t session, uint64_t counter);
  /// The next call opens another session.
  void Forget(uint64_t session) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RenewUntilStopped();
  absl::Duration RenewOnce();
  void Close();

  const std::shared_ptr<Transport> transport_;
  std::stop_source stopping_;

  Mutex mutex_;
  CondVar changed_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kNone;
  uint64_t session_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Duration term_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_counter_ ABSL_GUARDED_BY(mutex_) = 1;
  std::set<uint64_t> open_ ABSL_GUARDED_BY(mutex_);
  uint64_t renewals_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread renewer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol::client
