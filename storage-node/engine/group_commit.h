#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "storage-node/engine/batch_builder.h"
#include "storage-node/engine/segment_log.h"

namespace trebol {

/// Makes one write and one flush of what many callers append at the same time. The first of the
/// waiting callers leads: it gathers the group, writes, flushes, has it applied, and wakes the
/// others. While one group is on its way to the disk the next leader may already copy the next one.
///
/// Thread-safe. The first failed write or flush is final: everything that waits and everything
/// later gets STORE_FAILED, nothing is tried again. Only a full disk (DISK_FULL) fails a group
/// alone.
class GroupCommit {
 public:
  /// Called in log order, one batch at a time, once the batch is durable; `entries` are those of
  /// the batch, in its order. It may set their status. An error stops the store.
  using Apply = std::function<absl::Status(const SegmentPtr& segment, const Batch& batch,
                                           absl::Span<LogEntry* const> entries)>;

  GroupCommit(SegmentLog& log, LogLineage lineage, Apply apply)
      : log_(log), apply_(std::move(apply)), lineage_(lineage) {}

  /// Returns when all entries are durable and applied, in one batch. INVALID_ARGUMENT if their
  /// records do not fit the header of one: lists in them come from the wire. `admit` runs in log
  /// order, before anything that is appended later; an entry whose status it sets is left out.
  absl::Status Append(absl::Span<LogEntry> entries, absl::FunctionRef<void()> admit);
  absl::Status Append(absl::Span<LogEntry> entries);

  /// Written with the next batch if it is higher than what is known.
  void RaiseLineage(const LogLineage& lineage);
  LogLineage lineage() const;

  absl::Status failure() const;
  /// How long the last write and flush took, or the one under way has taken so far if that is more:
  /// the latency of the disk as writers see it. Zero if nothing was written for a minute.
  absl::Duration write_latency() const;
  /// Batches appended so far.
  uint64_t batches() const;
  /// Gives the buffers back if nobody appends just now.
  void ReleaseMemoryIfIdle();

 private:
  struct Request {
    absl::Span<LogEntry> entries;
    uint64_t payload_bytes = 0;
    uint64_t header_bytes = 0;
    bool taken = false;
    bool done = false;
    absl::Status status;
    CondVar wake;
  };

  void Lead() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Gather() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::vector<Request*> TakeGroup() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void WakeNextLeader() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Write(BatchBuilder& builder, absl::Span<LogEntry* const> entries,
                     const LogLineage& lineage);

  SegmentLog& log_;
  const Apply apply_;

  mutable Mutex mu_;
  CondVar turn_;  // the one leader that has formed, or waits to form, its group
  std::deque<Request*> queue_ ABSL_GUARDED_BY(mu_);
  uint64_t queued_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  bool forming_ ABSL_GUARDED_BY(mu_) = false;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  int next_builder_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t batches_ ABSL_GUARDED_BY(mu_) = 0;
  size_t last_group_size_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Duration last_write_time_ ABSL_GUARDED_BY(mu_);
  Instant write_began_at_ ABSL_GUARDED_BY(mu_);  // of the last one
  LogLineage lineage_ ABSL_GUARDED_BY(mu_);
  absl::Status failure_ ABSL_GUARDED_BY(mu_);

  BatchBuilder builders_[2];  // one forms while the other is written; passed on under mu_
};

}  // namespace trebol
