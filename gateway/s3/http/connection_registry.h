#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "common/async/cancellation.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"

namespace trebol {

/// All connections of a server, and what is done to them from outside their coroutines: cutting
/// those whose time is over, noticing clients that hung up while their request is worked on, and
/// the server's end. A connection is cut by shutting its socket down, with a reset in the middle of
/// an exchange. That ends whatever its coroutine waits for; else nobody touches the socket.
/// Thread-safe.
class ConnectionRegistry {
 public:
  /// One connection, registered from construction to destruction; `socket` stays open in between.
  /// What is not const is called by the connection's coroutine only.
  class Entry {
   public:
    Entry(std::shared_ptr<ConnectionRegistry> registry, int socket);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    /// The client has to do something within `limit`, or the connection is cut.
    void Expect(absl::Duration limit);
    void Met() { deadline_ns_ = 0; }
    /// A request is worked on, until Rests. `cancellation` is cancelled with the server's end, and
    /// when the client hangs up: with a reset, or an end after BodyRead.
    void Works(std::shared_ptr<Cancellation> cancellation);
    /// All of the request was read: an end that comes now means that nobody waits for the answer.
    void BodyRead() { body_read_ = true; }
    /// Nothing is lost if the connection is cut. False: the server is ending, close it.
    bool Rests();
    /// Answers say that the connection ends with them.
    bool server_is_ending() const { return registry_->ending_; }

   private:
    friend class ConnectionRegistry;
    const std::shared_ptr<ConnectionRegistry> registry_;
    const int socket_;
    std::atomic<int64_t> deadline_ns_ = 0;  // 0: nothing is expected
    std::atomic<bool> body_read_ = false;
    // Guarded by the registry's mutex:
    Instant rests_since_;
    std::shared_ptr<Cancellation> works_;  // null: rests
    bool cut_ = false;
  };

  explicit ConnectionRegistry(size_t most) : most_(most) {}

  /// Whether one more may come, perhaps in the place of one that rests, which is cut.
  bool MakeRoom();
  /// Cuts who is late and cancels what nobody waits for. To be called a few times a second.
  void Look();
  /// Cuts those that rest; those that work end with their answer.
  void BeginEnd();
  /// False when some are left after `grace`.
  bool AwaitNone(absl::Duration grace);
  /// Cuts all and cancels what they work on.
  void CutAll();
  size_t open();
  /// Of those, the ones that wait for a request.
  size_t resting();

 private:
  void Cut(Entry* entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t most_;
  std::atomic<bool> ending_ = false;
  Mutex mutex_;
  CondVar none_;
  bool cutting_all_ ABSL_GUARDED_BY(mutex_) = false;
  size_t cut_ ABSL_GUARDED_BY(mutex_) = 0;  // of entries_, about to go
  absl::flat_hash_set<Entry*> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
