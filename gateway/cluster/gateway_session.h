#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/task.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/rpc/identity.h"
#include "common/stub/metadata_stub.h"
#include "gateway/cluster/open_numbers.h"
#include "gateway/cluster/open_reads.h"
#include "trebol/v1/chunk.pb.h"

namespace trebol {

/// One licence to write, from its opening to its end.
struct SessionLife {
  SessionLife(Generation generation, SessionId id, const Clock& clock)
      : generation(generation), id(id), reads(clock) {}

  const Generation generation;
  const SessionId id;
  uint32_t chunk_size = 0;
  OpenNumbers sequences;
  OpenNumbers operations;
  OpenReads reads;
};

/// An attempt to write a version, or a call that changes a name, in one session. Open until
/// Settled; destroyed unsettled it stays open, which is safe: the session's end decides it.
class OpenOperation {
 public:
  OpenOperation(std::shared_ptr<SessionLife> life, bool with_version);

  const std::shared_ptr<SessionLife>& life() const { return life_; }
  VersionId version() const { return {life_->generation, life_->id, sequence_}; }
  /// The caller's own operation id if it sent one, else one of this session.
  v1::OperationId IdOr(const v1::OperationId* callers) const;
  void Settled();

 private:
  std::shared_ptr<SessionLife> life_;
  uint64_t sequence_ = 0;
  uint64_t operation_ = 0;
};

/// This gateway's session in metadata: opened at start, renewed every second, replaced when it was
/// closed. Thread-safe.
class GatewaySession {
 public:
  GatewaySession(Runtime& runtime, std::shared_ptr<MetadataStub> metadata,
                 std::shared_ptr<Identity> identity, std::string owner, const Clock& clock);

  /// UNAVAILABLE (NOT_READY) while no session is open.
  absl::StatusOr<std::shared_ptr<SessionLife>> Current() const;

  /// Opens a session if there is none or it has ended, renews it otherwise. Called every
  /// kRenewInterval, by one thread.
  Task<void> Tick(RequestContextPtr context);

  /// Logs a command; an ambiguous attempt is repeated as it is for up to `patience`. An error that
  /// is still ambiguous then means unknown. A decided error comes back as the status it holds;
  /// UNAVAILABLE (NOT_READY) when this session ended before the command, and SESSION_CLOSED or
  /// SESSION_UNKNOWN when that of the client did whose operation it is.
  Task<v1::Outcome> Submit(RequestContextPtr context, v1::Command command, absl::Duration patience);

  /// Decides that the version is given up; returns what the
  /// commit came to if it had been committed after all (nothing in it where that is not kept).
  /// Repeats in the background what stays ambiguous.
  Task<std::optional<v1::Outcome>> Abandon(OpenOperation operation, uint64_t chunks,
                                           uint64_t bytes);

  /// Ends what Abandon repeats in the background: the session's end will decide it.
  void Stop();

  /// Closes the session, so that it holds back no collection any more. What it leaves undecided is
  /// given up by that. One attempt: without it the session expires.
  Task<void> Close(RequestContextPtr context);

  /// The highest place in the log that any answer named since the session was opened.
  void Observe(const v1::LogPosition& position);
  v1::LogPosition lineage() const;

  /// What storage nodes are told of the session; empty without one.
  std::optional<v1::SessionReport> Report() const;

 private:
  Task<void> Open(RequestContextPtr context);
  Task<void> Renew(RequestContextPtr context, std::shared_ptr<SessionLife> life);
  Task<std::optional<v1::Outcome>> AbandonOnce(RequestContextPtr context, OpenOperation* operation,
                                               uint64_t chunks, uint64_t bytes);
  Task<void> AbandonUntilDecided(OpenOperation operation, uint64_t chunks, uint64_t bytes);
  void Drop(const std::shared_ptr<SessionLife>& life);

  Runtime& runtime_;
  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<Identity> identity_;
  const std::string owner_;
  const Clock& clock_;
  const RequestContextPtr background_ = BackgroundContext();
  mutable Mutex mutex_;
  std::shared_ptr<SessionLife> life_ ABSL_GUARDED_BY(mutex_);
  uint64_t renewal_ ABSL_GUARDED_BY(mutex_) = 0;
  v1::LogPosition lineage_ ABSL_GUARDED_BY(mutex_);
};

/// The status that a decided error stands for.
absl::Status StatusOf(const v1::DecidedError& error);

}  // namespace trebol
