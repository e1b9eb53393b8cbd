#include "metadata/state/sequencer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/resilience/retry_after.h"
#include "metadata/log/log_entry.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol {
namespace {

// Room for a group that is full and the header of its entry.
constexpr size_t kMaxGroupBytes = kMaxTransactionSize;
constexpr size_t kReplayBatch = 256;

}  // namespace

Sequencer::Sequencer(MetadataStore* store, ReplicatedLog* log, const Clock* clock, Apply apply,
                     Options options)
    : store_(store), log_(log), clock_(clock), apply_(std::move(apply)), options_(options) {}

Sequencer::~Sequencer() {
  {
    MutexLock lock(&mu_);
    stopping_ = true;
    wake_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status Sequencer::Recover() {
  ASSIGN_OR_RETURN(const auto applied,
                   GetRow<v1::AppliedRow>(*store_->Snapshot(), row_keys::Applied()));
  if (applied.has_value()) applied_ = *applied;
  ASSIGN_OR_RETURN(const LogIndex head, log_->Head());
  if (head.value < applied_.index()) {
    return MakeError(absl::StatusCode::kDataLoss, v1::LINEAGE_MISSING,
                     absl::StrCat("the metadata log ends at entry ", head.value, ", but entry ",
                                  applied_.index(),
                                  " was applied already: this data directory was put together from "
                                  "two times; restore it whole"));
  }
  while (applied_.index() < head.value) {
    ASSIGN_OR_RETURN(const auto records, log_->Read(LogIndex(applied_.index() + 1), kReplayBatch));
    if (records.empty()) {
      return MakeError(absl::StatusCode::kDataLoss, v1::STORE_FAILED,
                       absl::StrCat("entry ", applied_.index() + 1,
                                    " of the metadata log is missing; restore from a backup"));
    }
    for (const LogRecord& record : records) {
      RETURN_IF_ERROR(Replay(record));
    }
  }
  MutexLock lock(&mu_);
  head_.set_index(applied_.index());
  head_.set_term(applied_.term());
  return absl::OkStatus();
}

absl::Status Sequencer::Replay(const LogRecord& record) {
  ASSIGN_OR_RETURN(const v1::LogEntry entry,
                   ParseEntry(record.index, record.entry, applied_.entry_hash()));
  const std::unique_ptr<RocksTransaction> rows = store_->Begin();
  for (const v1::Command& command : entry.commands()) {
    // No empty command is ever logged.
    if (command.kind_case() == v1::Command::KIND_NOT_SET) {
      return MakeError(absl::StatusCode::kUnimplemented, v1::UNSUPPORTED_FORMAT,
                       absl::StrCat("entry ", record.index.value,
                                    " of the metadata log holds a command that this release does "
                                    "not know: start the release that wrote it, or a newer one"));
    }
    const absl::StatusOr<v1::Outcome> outcome = apply_(*rows, command, ContextOf(entry));
    RETURN_IF_ERROR(rows->status());
    if (!outcome.ok()) {
      return MakeError(absl::StatusCode::kDataLoss, v1::STORE_FAILED,
                       absl::StrCat("a command of entry ", record.index.value,
                                    " of the metadata log is refused when it is executed again (",
                                    outcome.status().message(),
                                    "): the rows are not those that it was logged on; restore "
                                    "metadata from a backup"));
    }
  }
  return ApplyEffects(entry, record.entry, *rows);
}

absl::StatusOr<SubmitResult> Sequencer::Execute(uint64_t term, Generation generation,
                                                const v1::Command& command) {
  term_ = term;
  generation_ = generation;
  const std::unique_ptr<RocksTransaction> rows = store_->Begin();
  v1::LogEntry entry = NextEntry();
  *entry.add_commands() = command;
  SubmitResult result;
  ASSIGN_OR_RETURN(result.outcome, apply_(*rows, command, ContextOf(entry)));
  if (absl::Status status = AppendAndApply(entry, *rows); !status.ok()) {
    Fail(status);
    return status;
  }
  result.position = head();
  return result;
}

void Sequencer::Start(uint64_t term, Generation generation) {
  term_ = term;
  generation_ = generation;
  {
    MutexLock lock(&mu_);
    TREBOL_CHECK(!started_);
    started_ = true;
  }
  thread_ = std::thread([this] { Run(); });
}

absl::Status Sequencer::Admit(const v1::Command& command, size_t bytes) {
  RETURN_IF_ERROR(failed_);
  if (!started_ || stopping_) {
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     stopping_ ? "metadata is stopping; repeat the call"
                               : "metadata is starting; repeat the call");
  }
  if (bytes > kMaxTransactionSize) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::TRANSACTION_TOO_LARGE,
                     absl::StrCat("a command of ", bytes, " bytes is larger than the limit of ",
                                  kMaxTransactionSize, "; split it"));
  }
  if (queue_.size() >= options_.max_queued_commands ||
      queued_bytes_ + bytes > options_.max_queued_bytes) {
    const absl::Status full =
        MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED,
                  absl::StrCat("metadata has ", queue_.size(), " commands waiting, ", queued_bytes_,
                               " bytes; repeat the call later"));
    const absl::Duration waited =
        queue_.empty() ? absl::ZeroDuration() : clock_->Now() - queue_.front().since;
    return WithRetryAfter(full, RetryAfter(waited));
  }
  return absl::OkStatus();
}

void Sequencer::SubmitAsync(v1::Command command, Done done, Instant deadline) {
  const size_t bytes = command.ByteSizeLong();
  absl::Status admitted;
  {
    MutexLock lock(&mu_);
    admitted = Admit(command, bytes);
    if (admitted.ok()) {
      queued_bytes_ += bytes;
      queue_.push_back({std::move(command), bytes, clock_->Now(), deadline, std::move(done)});
      wake_.NotifyOne();
      return;
    }
  }
  done(admitted);
}

absl::StatusOr<SubmitResult> Sequencer::Submit(v1::Command command) {
  struct Waiter {
    Mutex mu;
    CondVar answered;
    std::optional<absl::StatusOr<SubmitResult>> result ABSL_GUARDED_BY(mu);
  } waiter;
  SubmitAsync(std::move(command), [&waiter](absl::StatusOr<SubmitResult> result) {
    MutexLock lock(&waiter.mu);
    waiter.result = std::move(result);
    waiter.answered.NotifyOne();
  });
  MutexLock lock(&waiter.mu);
  while (!waiter.result.has_value()) waiter.answered.Wait(&waiter.mu);
  return *std::move(waiter.result);
}

void Sequencer::Run() {
  while (true) {
    std::vector<Waiting> group;
    {
      MutexLock lock(&mu_);
      while (queue_.empty() && !stopping_) wake_.Wait(&mu_);
      if (queue_.empty()) return;
      group = TakeGroup();
      group_since_ = group.front().since;
    }
    // Nobody waits for these any more; running them would make those behind them late too.
    for (const Waiting& late : TakeExpired(&group)) {
      late.done(absl::DeadlineExceededError("the command waited in the queue until its deadline"));
    }
    if (absl::Status status = RunGroup(std::move(group)); !status.ok()) {
      Fail(status);
      return;
    }
  }
}

std::vector<Sequencer::Waiting> Sequencer::TakeExpired(std::vector<Waiting>* group) const {
  const Instant now = clock_->Now();
  const auto late =
      std::stable_partition(group->begin(), group->end(),
                            [now](const Waiting& waiting) { return now < waiting.deadline; });
  std::vector<Waiting> expired(std::make_move_iterator(late),
                               std::make_move_iterator(group->end()));
  group->erase(late, group->end());
  return expired;
}

std::vector<Sequencer::Waiting> Sequencer::TakeGroup() {
  std::vector<Waiting> group;
  size_t bytes = 0;
  while (!queue_.empty() && (group.empty() || bytes + queue_.front().bytes <= kMaxGroupBytes)) {
    bytes += queue_.front().bytes;
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  return group;
}

absl::Status Sequencer::RunGroup(std::vector<Waiting> group) {
  const std::unique_ptr<RocksTransaction> rows = store_->Begin();
  v1::LogEntry entry = NextEntry();
  const ApplyContext context = ContextOf(entry);
  std::vector<Answer> answers;
  answers.reserve(group.size());
  for (Waiting& waiting : group) {
    rows->SetSavepoint();
    absl::StatusOr<v1::Outcome> outcome = apply_(*rows, waiting.command, context);
    if (!outcome.ok()) {
      rows->RollBack();
    } else if (rows->Keep()) {
      *entry.add_commands() = std::move(waiting.command);
    }
    answers.push_back({std::move(waiting.done), std::move(outcome)});
  }
  absl::Status status = rows->status();
  if (status.ok() && entry.commands_size() > 0) status = AppendAndApply(entry, *rows);
  v1::LogPosition position;
  {
    MutexLock lock(&mu_);
    position = head_;
    group_since_ = Instant::InfiniteFuture();
  }
  for (Answer& answer : answers) {
    if (!status.ok()) {
      answer.done(status);
    } else if (!answer.outcome.ok()) {
      answer.done(answer.outcome.status());
    } else {
      answer.done(SubmitResult{*std::move(answer.outcome), position});
    }
  }
  return status;
}

v1::LogEntry Sequencer::NextEntry() const {
  v1::LogEntry entry;
  entry.set_format(kLogEntryFormat);
  entry.set_index(applied_.index() + 1);
  entry.set_generation(generation_.value);
  entry.set_term(term_);
  entry.set_predecessor_hash(applied_.entry_hash());
  entry.set_time_us(
      static_cast<uint64_t>(std::max<int64_t>(0, absl::ToUnixMicros(clock_->WallTime()))));
  return entry;
}

ApplyContext Sequencer::ContextOf(const v1::LogEntry& entry) const {
  return {LogIndex(entry.index()), entry.term(), entry.time_us(), Generation(entry.generation())};
}

absl::Status Sequencer::AppendAndApply(const v1::LogEntry& entry, RocksTransaction& rows) {
  const std::string serialised = entry.SerializeAsString();
  RETURN_IF_ERROR(log_->Append(LogIndex(applied_.index()), serialised));
  return ApplyEffects(entry, serialised, rows);
}

absl::Status Sequencer::ApplyEffects(const v1::LogEntry& entry, absl::string_view serialised,
                                     RocksTransaction& rows) {
  v1::AppliedRow applied;
  applied.set_index(entry.index());
  applied.set_term(entry.term());
  applied.set_entry_hash(HashEntry(serialised));
  RETURN_IF_ERROR(PutRow(rows, row_keys::Applied(), applied));
  RETURN_IF_ERROR(rows.Commit());
  applied_ = std::move(applied);
  {
    MutexLock lock(&mu_);
    head_.set_index(applied_.index());
    head_.set_term(applied_.term());
  }
  // Effects become durable with the sync of the next append; so all but the last entry may go.
  const uint64_t keep_from =
      applied_.index() > options_.kept_entries ? applied_.index() - options_.kept_entries : 0;
  if (keep_from >= trimmed_below_ + std::max<uint64_t>(1, options_.kept_entries)) {
    RETURN_IF_ERROR(log_->TrimBelow(LogIndex(keep_from)));
    trimmed_below_ = keep_from;
  }
  return absl::OkStatus();
}

void Sequencer::Fail(const absl::Status& status) {
  std::deque<Waiting> abandoned;
  {
    MutexLock lock(&mu_);
    failed_ = status;
    abandoned.swap(queue_);
    queued_bytes_ = 0;
  }
  for (Waiting& waiting : abandoned) waiting.done(status);
}

v1::LogPosition Sequencer::head() const {
  MutexLock lock(&mu_);
  return head_;
}

absl::Status Sequencer::health() const {
  MutexLock lock(&mu_);
  return failed_;
}

absl::Duration Sequencer::OldestWait() const {
  MutexLock lock(&mu_);
  Instant oldest = group_since_;
  if (!queue_.empty()) oldest = std::min(oldest, queue_.front().since);
  if (oldest == Instant::InfiniteFuture()) return absl::ZeroDuration();
  return clock_->Now() - oldest;
}

}  // namespace trebol
