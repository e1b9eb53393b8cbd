#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "metadata/log/replicated_log.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/metadata_store.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// What a command came to, and a position whose history holds it.
struct SubmitResult {
  v1::Outcome outcome;
  v1::LogPosition position;
};

/// Puts commands in order: one thread takes what waits, runs it on top of the applied state, makes
/// it durable as one log entry, applies it, answers. So commands are serialisable without a lock,
/// and one flush pays for a group.
///
/// A command that is refused (non-OK status) leaves no trace and does not disturb its group; one
/// that changes nothing is answered without being logged. Nobody is answered before what the answer
/// rests on is durable. The first failure of the disk is final (`health()`): everything is answered
/// UNAVAILABLE (STORE_FAILED), and the outcome of what was under way is unknown.
///
/// Thread-safe, except that Recover and Start are called once, in this order.
class Sequencer {
 public:
  /// Runs one command. Deterministic.
  using Apply = std::function<absl::StatusOr<v1::Outcome>(Transaction&, const v1::Command&,
                                                          const ApplyContext&)>;
  using Done = std::function<void(absl::StatusOr<SubmitResult>)>;

  struct Options {
    /// Commands and bytes that may wait; more is refused (OVERLOADED).
    size_t max_queued_commands = 10'000;
    size_t max_queued_bytes = 32u << 20;
    /// Entries kept behind the applied one, for people who look at the log.
    uint64_t kept_entries = 1024;
  };

  Sequencer(MetadataStore* store, ReplicatedLog* log, const Clock* clock, Apply apply,
            Options options);
  ~Sequencer();

  /// Executes the entries that the log has and the rows have not. UNIMPLEMENTED or DATA_LOSS if the
  /// log cannot be understood: nothing is served then.
  absl::Status Recover();

  /// Writes one entry by itself, before Start: the first of a log, or of a term.
  absl::StatusOr<SubmitResult> Execute(uint64_t term, Generation generation,
                                       const v1::Command& command);

  /// From now on commands are taken.
  void Start(uint64_t term, Generation generation);

  /// `done` is called once, soon, on the sequencer's thread (or on the caller's when the command is
  /// refused at once): it must not block. TRANSACTION_TOO_LARGE, OVERLOADED, NOT_READY,
  /// STORE_FAILED, or what the command says. One that still waits at its `deadline` is not run:
  /// DEADLINE_EXCEEDED.
  void SubmitAsync(v1::Command command, Done done, Instant deadline = Instant::InfiniteFuture());
  absl::StatusOr<SubmitResult> Submit(v1::Command command);

  /// Applied: everything up to here is visible to reads.
  v1::LogPosition head() const;
  absl::Status health() const;
  /// How long the oldest command has waited; zero when none does.
  absl::Duration OldestWait() const;

 private:
  struct Waiting {
    v1::Command command;
    size_t bytes = 0;
    Instant since;
    Instant deadline;
    Done done;
  };
  struct Answer {
    Done done;
    absl::StatusOr<v1::Outcome> outcome;
  };

  void Run();
  /// Moves those that are too late out of `group`.
  std::vector<Waiting> TakeExpired(std::vector<Waiting>* group) const;
  std::vector<Waiting> TakeGroup() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status RunGroup(std::vector<Waiting> group);
  v1::LogEntry NextEntry() const;
  ApplyContext ContextOf(const v1::LogEntry& entry) const;
  absl::Status Replay(const LogRecord& record);
  absl::Status AppendAndApply(const v1::LogEntry& entry, RocksTransaction& rows);
  absl::Status ApplyEffects(const v1::LogEntry& entry, absl::string_view serialised,
                            RocksTransaction& rows);
  void Fail(const absl::Status& status);
  absl::Status Admit(const v1::Command& command, size_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  MetadataStore* const store_;
  ReplicatedLog* const log_;
  const Clock* const clock_;
  const Apply apply_;
  const Options options_;

  // Of the proposer: used by one thread at a time (recovery, then the sequencer's).
  v1::AppliedRow applied_;
  uint64_t term_ = 0;
  Generation generation_;
  uint64_t trimmed_below_ = 0;

  mutable Mutex mu_;
  CondVar wake_;
  std::deque<Waiting> queue_ ABSL_GUARDED_BY(mu_);
  size_t queued_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  Instant group_since_ ABSL_GUARDED_BY(mu_) = Instant::InfiniteFuture();
  bool started_ ABSL_GUARDED_BY(mu_) = false;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status failed_ ABSL_GUARDED_BY(mu_);
  v1::LogPosition head_ ABSL_GUARDED_BY(mu_);

  std::thread thread_;
};

}  // namespace trebol
