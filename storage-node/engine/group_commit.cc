#include "storage-node/engine/group_commit.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

// Beyond this a larger group no longer saves flushes worth having, and it holds two buffers of
// memory.
constexpr uint64_t kMaxGroupPayload = 8 * kMiB;
constexpr uint64_t kMaxGroupHeader = kMaxBatchHeaderSize / 2;
// From here on copying takes long enough to be done while the disk is busy; below, waiting for the
// disk gathers a larger group.
constexpr uint64_t kOverlapFrom = 1 * kMiB;

}  // namespace

absl::Status GroupCommit::Append(absl::Span<LogEntry> entries) {
  return Append(entries, [] {});
}

absl::Status GroupCommit::Append(absl::Span<LogEntry> entries, absl::FunctionRef<void()> admit) {
  Request request{.entries = entries};
  for (const LogEntry& entry : entries) {
    request.payload_bytes += entry.payload.size();
    request.header_bytes += EntrySize(entry.record, static_cast<uint32_t>(entry.payload.size()));
  }
  if (request.header_bytes > kMaxBatchHeaderSize - kBatchFixedSize) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
        absl::StrCat("the records of one call take ", request.header_bytes,
                     " bytes of the log; the limit is ", kMaxBatchHeaderSize - kBatchFixedSize,
                     ". Send fewer numbers or entries at a time"));
  }
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(failure_);
  admit();
  const auto refused = [](const LogEntry& entry) { return !entry.status.ok(); };
  if (std::all_of(entries.begin(), entries.end(), refused)) return absl::OkStatus();
  queue_.push_back(&request);
  queued_bytes_ += request.payload_bytes;
  if (queued_bytes_ >= kOverlapFrom || queue_.size() == last_group_size_) turn_.NotifyOne();
  while (!request.done) {
    if (!request.taken && queue_.front() == &request && !forming_) {
      Lead();
    } else {
      request.wake.Wait(&mu_);
    }
  }
  return request.status;
}

void GroupCommit::Lead() {
  forming_ = true;
  Gather();
  const std::vector<Request*> group = TakeGroup();
  BatchBuilder& builder = builders_[next_builder_];
  next_builder_ = 1 - next_builder_;
  mu_.Unlock();
  std::vector<LogEntry*> entries;
  for (Request* request : group) {
    for (LogEntry& entry : request->entries) {
      if (entry.status.ok()) entries.push_back(&entry);
    }
  }
  builder.Build(entries);
  std::erase_if(entries, [](const LogEntry* entry) { return !entry->status.ok(); });
  mu_.Lock();
  while (writing_) turn_.Wait(&mu_);
  writing_ = true;
  forming_ = false;
  const LogLineage lineage = lineage_;
  absl::Status status = failure_;
  WakeNextLeader();
  if (status.ok() && !entries.empty()) {
    const Instant begin = SystemClock().Now();
    write_began_at_ = begin;
    mu_.Unlock();
    status = Write(builder, entries, lineage);
    const absl::Duration time = SystemClock().Now() - begin;
    mu_.Lock();
    ++batches_;
    last_group_size_ = group.size();
    last_write_time_ = time;
    if (!status.ok() && ReasonOf(status) != v1::DISK_FULL &&
        !Planted("engine.goes_on_after_failed_sync")) {
      failure_ = MakeError(absl::StatusCode::kUnavailable, v1::STORE_FAILED,
                           absl::StrCat("out of service until it is restarted, because a write to "
                                        "the disk failed: ",
                                        status.message()));
      status = failure_;
    }
  }
  writing_ = false;
  turn_.NotifyOne();
  for (Request* request : group) {
    request->status = status;
    request->done = true;
    request->wake.NotifyOne();
  }
}

void GroupCommit::Gather() {
  while (writing_ && queued_bytes_ < kOverlapFrom) turn_.Wait(&mu_);
  // Those whom the last write woke come back one by one. To wait for them for a part of a write is
  // cheaper than a write for the first alone, while all others wait for that.
  const Instant until = SystemClock().Now() + last_write_time_ / 2;
  while (queue_.size() < last_group_size_ && queued_bytes_ < kOverlapFrom) {
    const absl::Duration left = until - SystemClock().Now();
    if (left <= absl::ZeroDuration() || !turn_.WaitFor(&mu_, left)) break;
  }
}

std::vector<GroupCommit::Request*> GroupCommit::TakeGroup() {
  std::vector<Request*> group;
  uint64_t payload = 0;
  uint64_t header = 0;
  while (!queue_.empty()) {
    Request* request = queue_.front();
    if (!group.empty() && (payload + request->payload_bytes > kMaxGroupPayload ||
                           header + request->header_bytes > kMaxGroupHeader)) {
      break;
    }
    payload += request->payload_bytes;
    header += request->header_bytes;
    request->taken = true;
    group.push_back(request);
    queue_.pop_front();
  }
  queued_bytes_ -= payload;
  return group;
}

void GroupCommit::WakeNextLeader() {
  if (!queue_.empty()) queue_.front()->wake.NotifyOne();
}

absl::Status GroupCommit::Write(BatchBuilder& builder, absl::Span<LogEntry* const> entries,
                                const LogLineage& lineage) {
  RETURN_IF_ERROR(log_.MakeRoom(builder.batch().size));
  SegmentWriter& writer = log_.writer();
  builder.Finish(writer.segment()->header().id, writer.end(), writer.synced(), lineage);
  RETURN_IF_ERROR(writer.Append(builder.data(), builder.batch().size));
  const absl::Status synced = writer.Sync();
  // A flush that fails is final whatever the reason: what it left behind is not known.
  if (!synced.ok()) return absl::UnavailableError(synced.message());
  return apply_(writer.segment(), builder.batch(), entries);
}

void GroupCommit::RaiseLineage(const LogLineage& lineage) {
  MutexLock lock(&mu_);
  lineage_ = std::max(lineage_, lineage);
}

LogLineage GroupCommit::lineage() const {
  MutexLock lock(&mu_);
  return lineage_;
}

absl::Status GroupCommit::failure() const {
  MutexLock lock(&mu_);
  return failure_;
}

absl::Duration GroupCommit::write_latency() const {
  MutexLock lock(&mu_);
  const absl::Duration since = SystemClock().Now() - write_began_at_;
  if (writing_) return std::max(since, last_write_time_);
  return since < absl::Minutes(1) ? last_write_time_ : absl::ZeroDuration();
}

uint64_t GroupCommit::batches() const {
  MutexLock lock(&mu_);
  return batches_;
}

void GroupCommit::ReleaseMemoryIfIdle() {
  MutexLock lock(&mu_);
  if (forming_ || writing_) return;
  for (BatchBuilder& builder : builders_) builder.ReleaseMemory();
}

}  // namespace trebol
