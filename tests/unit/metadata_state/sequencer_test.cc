#include "metadata/state/sequencer.h"

#include <atomic>
#include <memory>
#include <thread>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "metadata/log/local_log.h"
#include "metadata/log/log_entry.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/simulated_disk.h"
#include "tests/testing/temporary_directory.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

/// A log that can be made to wait, to fail, and to fail after it appended.
class FaultyLog final : public ReplicatedLog {
 public:
  explicit FaultyLog(ReplicatedLog* log) : log_(log) {}
  absl::StatusOr<LogIndex> Head() override { return log_->Head(); }
  absl::Status Append(LogIndex head, absl::string_view entry) override {
    {
      MutexLock lock(&mu_);
      ++appends_;
      while (held_) changed_.Wait(&mu_);
    }
    if (fail_before) return absl::UnavailableError("planned");
    const absl::Status appended = log_->Append(head, entry);
    return fail_after ? absl::UnavailableError("planned") : appended;
  }
  absl::StatusOr<std::vector<LogRecord>> Read(LogIndex from, size_t limit) override {
    return log_->Read(from, limit);
  }
  absl::Status TrimBelow(LogIndex index) override { return log_->TrimBelow(index); }

  void Hold(bool held) {
    MutexLock lock(&mu_);
    held_ = held;
    changed_.NotifyAll();
  }
  int appends() {
    MutexLock lock(&mu_);
    return appends_;
  }

  std::atomic<bool> fail_before = false;
  std::atomic<bool> fail_after = false;

 private:
  ReplicatedLog* const log_;
  Mutex mu_;
  CondVar changed_;
  bool held_ ABSL_GUARDED_BY(mu_) = false;
  int appends_ ABSL_GUARDED_BY(mu_) = 0;
};

// A state machine of one kind of command: appends the bucket's name to a row. "bad" writes, then
// refuses; "same" changes nothing.
absl::StatusOr<v1::Outcome> AppendName(Transaction& rows, const v1::Command& command,
                                       const ApplyContext& context) {
  const std::string& name = command.create_bucket().bucket();
  v1::Outcome outcome;
  if (name == "same") return outcome;
  const std::string before = rows.Get("names")->value_or("");
  const absl::Status put = rows.Put("names", before + name.substr(0, 8) + ";");
  if (!put.ok()) return put;
  if (name == "bad") return absl::InvalidArgumentError("bad");
  outcome.mutable_bucket()->set_name(before + name.substr(0, 8) + ";");
  return outcome;
}

v1::Command Named(const std::string& name) {
  v1::Command command;
  command.mutable_create_bucket()->set_bucket(name);
  return command;
}

class SequencerTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }
  void TearDown() override { Close(); }

  void Close() {
    sequencer_.reset();
    faulty_.reset();
    log_.reset();
    store_.reset();
  }
  absl::Status TryOpen() {
    Close();
    MetadataStore::Options options;
    options.directory = disk_ == nullptr ? directory_.path() : "/metadata";
    if (disk_ != nullptr) options.env = disk_->rocksdb_env();
    store_ = *MetadataStore::Open(options);
    log_ = *LocalLog::Open(store_->db(), store_->log_family());
    faulty_ = std::make_unique<FaultyLog>(log_.get());
    sequencer_ =
        std::make_unique<Sequencer>(store_.get(), faulty_.get(), &clock_, AppendName, options_);
    return sequencer_->Recover();
  }
  void Open() {
    const absl::Status opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened;
    sequencer_->Start(/*term=*/++term_, Generation(1));
  }
  std::string Names() { return store_->Snapshot()->Get("names")->value_or(""); }

  testing::TemporaryDirectory directory_;
  std::unique_ptr<SimulatedDisk> disk_;  // instead of the directory
  ManualClock clock_;
  Sequencer::Options options_;
  uint64_t term_ = 100;
  std::unique_ptr<MetadataStore> store_;
  std::unique_ptr<LocalLog> log_;
  std::unique_ptr<FaultyLog> faulty_;
  std::unique_ptr<Sequencer> sequencer_;
};

TEST_F(SequencerTest, AnswersWhatIsDurableAndApplied) {
  const auto result = sequencer_->Submit(Named("a"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->position.index(), 1u);
  EXPECT_EQ(result->position.term(), term_);
  EXPECT_EQ(Names(), "a;");
  EXPECT_EQ(sequencer_->head().index(), 1u);
}

TEST_F(SequencerTest, PutsWhatWaitsIntoOneEntry) {
  faulty_->Hold(true);
  std::atomic<int> answered = 0;
  const auto count = [&](absl::StatusOr<SubmitResult> result) { answered += result.ok(); };
  sequencer_->SubmitAsync(Named("first"), count);
  while (faulty_->appends() == 0) std::this_thread::yield();
  for (int i = 0; i < 50; ++i) sequencer_->SubmitAsync(Named("x"), count);
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(sequencer_->OldestWait(), absl::Seconds(2));
  faulty_->Hold(false);
  ASSERT_TRUE(sequencer_->Submit(Named("last")).ok());
  EXPECT_EQ(answered, 51);
  EXPECT_LE(sequencer_->head().index(), 3u);
  EXPECT_EQ((*log_->Read(LogIndex(2), 1)).size(), 1u);
}

TEST_F(SequencerTest, RefusesOneCommandAloneInItsGroup) {
  faulty_->Hold(true);
  sequencer_->SubmitAsync(Named("first"), [](auto) {});
  while (faulty_->appends() == 0) std::this_thread::yield();
  std::atomic<int> refused = 0;
  sequencer_->SubmitAsync(Named("a"), [](auto) {});
  sequencer_->SubmitAsync(Named("bad"), [&](absl::StatusOr<SubmitResult> result) {
    refused += absl::IsInvalidArgument(result.status());
  });
  sequencer_->SubmitAsync(Named("b"), [](auto) {});
  faulty_->Hold(false);
  ASSERT_TRUE(sequencer_->Submit(Named("last")).ok());
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(Names(), "first;a;b;last;");
}

TEST_F(SequencerTest, DoesNotLogWhatChangesNothing) {
  ASSERT_TRUE(sequencer_->Submit(Named("a")).ok());
  const auto same = sequencer_->Submit(Named("same"));
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->position.index(), 1u);
  EXPECT_EQ(log_->Head()->value, 1u);
}

TEST_F(SequencerTest, RefusesACommandAboveTheLimit) {
  const auto result = sequencer_->Submit(Named(std::string(kMaxTransactionSize + 1, 'x')));
  EXPECT_EQ(ReasonOf(result.status()), v1::TRANSACTION_TOO_LARGE);
}

TEST_F(SequencerTest, SplitsGroupsBetweenCommands) {
  faulty_->Hold(true);
  sequencer_->SubmitAsync(Named("first"), [](auto) {});
  while (faulty_->appends() == 0) std::this_thread::yield();
  for (int i = 0; i < 4; ++i) {
    sequencer_->SubmitAsync(Named(std::string(kMaxTransactionSize / 2, 'x')), [](auto) {});
  }
  faulty_->Hold(false);
  ASSERT_TRUE(sequencer_->Submit(Named("last")).ok());
  EXPECT_GE(sequencer_->head().index(), 5u);
  const auto records = log_->Read(LogIndex(1), 100);
  ASSERT_TRUE(records.ok());
  for (const LogRecord& record : *records) {
    EXPECT_LE(record.entry.size(), kMaxTransactionSize + 4096);
  }
}

TEST_F(SequencerTest, RefusesMoreThanItsQueueHolds) {
  options_.max_queued_commands = 3;
  Open();
  faulty_->Hold(true);
  sequencer_->SubmitAsync(Named("first"), [](auto) {});
  while (faulty_->appends() == 0) std::this_thread::yield();
  for (int i = 0; i < 3; ++i) sequencer_->SubmitAsync(Named("x"), [](auto) {});
  absl::Status refused;
  sequencer_->SubmitAsync(Named("y"), [&](auto result) { refused = result.status(); });
  EXPECT_EQ(ReasonOf(refused), v1::OVERLOADED);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_GE(RetryAfterOf(refused).value_or(absl::ZeroDuration()), absl::Milliseconds(50));
  faulty_->Hold(false);
}

TEST_F(SequencerTest, RunsNothingThatWaitedUntilItsDeadline) {
  faulty_->Hold(true);
  std::atomic<int> answered = 0;
  absl::Status in_time;
  absl::Status late;
  sequencer_->SubmitAsync(
      Named("first"), [&](auto) { ++answered; }, clock_.Now() + absl::Seconds(1));
  while (faulty_->appends() == 0) std::this_thread::yield();
  sequencer_->SubmitAsync(
      Named("late"), [&](auto result) { late = result.status(), ++answered; },
      clock_.Now() + absl::Seconds(1));
  sequencer_->SubmitAsync(
      Named("in time"), [&](auto result) { in_time = result.status(), ++answered; },
      clock_.Now() + absl::Seconds(3));
  sequencer_->SubmitAsync(Named("always"), [&](auto) { ++answered; });
  clock_.Advance(absl::Seconds(2));
  faulty_->Hold(false);
  while (answered < 4) std::this_thread::yield();
  EXPECT_TRUE(absl::IsDeadlineExceeded(late)) << late;
  EXPECT_TRUE(in_time.ok()) << in_time;
  EXPECT_EQ(Names(), "first;in time;always;") << "what has begun is finished";
}

TEST_F(SequencerTest, StopsForGoodWhenTheLogFails) {
  faulty_->fail_before = true;
  const absl::Status first = sequencer_->Submit(Named("a")).status();
  EXPECT_EQ(first.code(), absl::StatusCode::kUnavailable);
  faulty_->fail_before = false;
  EXPECT_FALSE(sequencer_->Submit(Named("b")).ok());
  EXPECT_FALSE(sequencer_->health().ok());
  EXPECT_EQ(Names(), "");
}

TEST_F(SequencerTest, AppliesAfterReopenWhatWasAppendedBeforeACrash) {
  ASSERT_TRUE(sequencer_->Submit(Named("a")).ok());
  faulty_->fail_after = true;
  EXPECT_FALSE(sequencer_->Submit(Named("b")).ok());  // unknown to the caller
  EXPECT_EQ(Names(), "a;");
  Open();
  EXPECT_EQ(Names(), "a;b;");
  EXPECT_EQ(sequencer_->head().index(), 2u);
  ASSERT_TRUE(sequencer_->Submit(Named("c")).ok());
  Open();
  EXPECT_EQ(Names(), "a;b;c;");
}

TEST_F(SequencerTest, RefusesALogThatWasSewn) {
  ASSERT_TRUE(sequencer_->Submit(Named("a")).ok());
  v1::LogEntry entry;
  entry.set_format(kLogEntryFormat);
  entry.set_index(2);
  entry.set_predecessor_hash("of another entry");
  *entry.add_commands() = Named("b");
  ASSERT_TRUE(log_->Append(LogIndex(1), entry.SerializeAsString()).ok());
  const absl::Status opened = TryOpen();
  EXPECT_EQ(opened.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(opened.message()), HasSubstr("entry 2"));
  EXPECT_EQ(Names(), "a;");
}

TEST_F(SequencerTest, StopsAtAnEntryOfANewerRelease) {
  v1::LogEntry entry;
  entry.set_format(kLogEntryFormat + 1);
  entry.set_index(1);
  ASSERT_TRUE(log_->Append(LogIndex(0), entry.SerializeAsString()).ok());
  EXPECT_EQ(ReasonOf(TryOpen()), v1::UNSUPPORTED_FORMAT);
}

TEST_F(SequencerTest, StopsAtACommandOfANewerRelease) {
  v1::LogEntry entry;
  entry.set_format(kLogEntryFormat);
  entry.set_index(1);
  *entry.add_commands() = Named("a");
  // A member of the oneof that this release has not.
  v1::Command* unknown = entry.add_commands();
  unknown->GetReflection()->MutableUnknownFields(unknown)->AddLengthDelimited(1000, "later");
  ASSERT_TRUE(log_->Append(LogIndex(0), entry.SerializeAsString()).ok());
  const absl::Status opened = TryOpen();
  EXPECT_EQ(ReasonOf(opened), v1::UNSUPPORTED_FORMAT);
  EXPECT_THAT(std::string(opened.message()), HasSubstr("start the release that wrote it"));
  EXPECT_EQ(Names(), "");
}

TEST_F(SequencerTest, StopsWhenAnEntryNoLongerFitsTheRows) {
  v1::LogEntry entry;
  entry.set_format(kLogEntryFormat);
  entry.set_index(1);
  *entry.add_commands() = Named("bad");
  ASSERT_TRUE(log_->Append(LogIndex(0), entry.SerializeAsString()).ok());
  EXPECT_EQ(TryOpen().code(), absl::StatusCode::kDataLoss);
}

TEST_F(SequencerTest, TrimsTheLogBehindIt) {
  options_.kept_entries = 4;
  Open();
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(sequencer_->Submit(Named("x")).ok());
  EXPECT_EQ(log_->Read(LogIndex(1), 1).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(log_->Read(LogIndex(27), 10).ok());
  Open();
  EXPECT_EQ(sequencer_->head().index(), 30u);
}

TEST_F(SequencerTest, TrimsNothingOfWhichEffectsMayBeLost) {
  // Effects are applied before they are durable; the log must have them until then.
  disk_ = std::make_unique<SimulatedDisk>();
  options_.kept_entries = 1;
  std::string acknowledged;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Open();
    EXPECT_EQ(Names(), acknowledged) << seed;
    for (uint64_t i = 0; i < 2 + seed % 7; ++i) {
      const std::string name = std::to_string(seed);
      ASSERT_TRUE(sequencer_->Submit(Named(name)).ok());
      acknowledged += name + ";";
    }
    EXPECT_FALSE(log_->Read(LogIndex(1), 1).ok()) << "nothing was trimmed";
    disk_->CutPower();
    Close();
    disk_->RestorePower(seed);
  }
  Open();
  EXPECT_EQ(Names(), acknowledged);
  Close();
}

TEST_F(SequencerTest, OrdersWhatManyThreadsSubmit) {
  std::vector<std::thread> threads;
  std::atomic<int> ok = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) ok += sequencer_->Submit(Named("x")).ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ok, 200);
  EXPECT_EQ(Names().size(), 400u);
}

}  // namespace
}  // namespace trebol
