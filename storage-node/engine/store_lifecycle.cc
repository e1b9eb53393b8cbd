// Opening, closing and the background of SegmentChunkStore.
#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "common/base/endian.h"
#include "common/base/status_macros.h"
#include "storage-node/engine/recovery.h"
#include "storage-node/engine/segment_chunk_store.h"

namespace trebol {
namespace {

constexpr absl::Duration kTickInterval = absl::Seconds(1);
// How stale the lineage on disk may be when nothing else is written: it rises with every renewal of
// a session, which should not make an idle node write all the time.
constexpr absl::Duration kLineageInterval = absl::Seconds(30);

// Of its capacity. What compaction copies out of a segment must fit into the reserve of a store
// that is full, or deletes would free nothing.
constexpr uint64_t kSegmentShare = 32;

SegmentChunkStore::Options FittingTheDisk(SegmentChunkStore::Options options) {
  uint64_t capacity = options.capacity_bytes;
  const uint64_t disk =
      options.files->Space(options.directory).value_or(DiskSpace()).capacity_bytes;
  if (capacity == 0 || (disk != 0 && disk < capacity)) capacity = disk;
  if (capacity != 0) {
    options.segment_size = std::min(options.segment_size, capacity / kSegmentShare);
  }
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SegmentChunkStore>> SegmentChunkStore::Open(const Options& options) {
  for (bool again = false;; again = true) {
    ASSIGN_OR_RETURN(std::unique_ptr<Superblock> superblock,
                     Superblock::Open(*options.files, options.directory));
    auto store = std::unique_ptr<SegmentChunkStore>(
        new SegmentChunkStore(FittingTheDisk(options), std::move(superblock)));
    const absl::Status started = store->Start();
    if (started.ok()) return store;
    if (again || !absl::IsDataLoss(started)) return started;
    // A rotten block of the index shows only when replay comes upon it. The log is whole: begin
    // anew, without the index.
    store->NoteIndexError(started).IgnoreError();
  }
}

SegmentChunkStore::SegmentChunkStore(const Options& options, std::unique_ptr<Superblock> superblock)
    : options_(options),
      superblock_(std::move(superblock)),
      log_({.files = options.files,
            .directory = SegmentDirectory(options.directory),
            .disk = identity().disk,
            .segment_size = options.segment_size,
            .clock = options.clock,
            .direct_io = options.direct_io},
           segments_) {}

absl::Status SegmentChunkStore::Start() {
  Recovery recovery(options_, identity().disk, segments_, log_);
  ASSIGN_OR_RETURN(index_, recovery.Run());
  recovery_ = recovery.report();
  const std::string prefix(1, rows::kClosedPrefix);
  RETURN_IF_ERROR(index_->Visit(prefix, prefix, [&](absl::string_view key, absl::string_view) {
    MutexLock lock(&closed_mu_);
    closed_.insert(
        {Generation(LoadBigEndian64(key.data() + 1)), SessionId(LoadBigEndian64(key.data() + 9))});
    return true;
  }));
  const LogLineage lineage = index_->state().lineage;
  commit_ = std::make_unique<GroupCommit>(
      log_, lineage,
      [this, segment_number = index_->state().position.segment](
          const SegmentPtr& segment, const Batch& batch,
          absl::Span<LogEntry* const> entries) mutable -> absl::Status {
        if (segment->header().number != segment_number) {
          segment_number = segment->header().number;
          // Bounds what a restart has to replay.
          RETURN_IF_ERROR(index_->StartFlush());
        }
        const absl::Status applied = index_->ApplyBatch(segment, batch, entries);
        return applied.ok() ? applied : NoteIndexError(applied);
      });
  inventory_ = std::make_unique<SegmentInventory>(
      *index_, *commit_, [this](absl::Status status) { return NoteIndexError(std::move(status)); });
  scrubber_ = std::make_unique<Scrubber>(options_, segments_, *index_,
                                         [this](const ChunkId& id) { return Scrub(id); });
  compactor_ = std::make_unique<Compactor>(options_, segments_, *index_, *commit_, *read_buffers_);
  {
    MutexLock lock(&tick_mu_);
    logged_lineage_ = lineage;
    lineage_logged_at_ = options_.clock->Now();
  }
  if (options_.background) background_ = std::thread([this] { RunBackground(); });
  return absl::OkStatus();
}

SegmentChunkStore::~SegmentChunkStore() {
  if (background_.joinable()) {
    {
      MutexLock lock(&background_mu_);
      stopping_ = true;
    }
    background_wake_.NotifyAll();
    background_.join();
  }
  if (commit_ == nullptr || !commit_->failure().ok()) return;
  // Both only spare the next opening work: a crash here is a crash like any other.
  if (commit_->batches() > 0) {
    LogEntry seal{.record = SealRecord()};
    commit_->Append(absl::MakeSpan(&seal, 1)).IgnoreError();
  }
  index_->Flush().IgnoreError();
}

void SegmentChunkStore::RunBackground() {
  MutexLock lock(&background_mu_);
  while (!stopping_) {
    background_wake_.WaitFor(&background_mu_, kTickInterval);
    if (stopping_) return;
    background_mu_.Unlock();
    // A store that failed says so in its statistics and in the answer to every write.
    if (Tick().ok()) {
      bool did_work = false;
      CompactOnce(&did_work).IgnoreError();
    }
    background_mu_.Lock();
  }
}

absl::Status SegmentChunkStore::Tick() {
  MutexLock lock(&tick_mu_);
  for (const SegmentPtr& segment : segments_.All()) segment->CloseIfIdle();
  read_buffers_->ReleaseIfIdle();
  RETURN_IF_ERROR(commit_->failure());
  const uint64_t batches = commit_->batches();
  if (batches != seen_batches_) {  // busy: look again next time
    seen_batches_ = batches;
    sealed_ = false;
    return absl::OkStatus();
  }
  const LogLineage lineage = commit_->lineage();
  const Instant now = options_.clock->Now();
  if (sealed_ && lineage > logged_lineage_ && now - lineage_logged_at_ >= kLineageInterval) {
    sealed_ = false;
  }
  if (!sealed_) {
    LogEntry seal{.record = SealRecord()};
    RETURN_IF_ERROR(commit_->Append(absl::MakeSpan(&seal, 1)));
    seen_batches_ = commit_->batches();
    sealed_ = true;
    logged_lineage_ = lineage;
    lineage_logged_at_ = now;
  }
  commit_->ReleaseMemoryIfIdle();
  return absl::OkStatus();
}

}  // namespace trebol
