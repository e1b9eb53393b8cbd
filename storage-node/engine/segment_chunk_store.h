#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "storage-node/engine/chunk_index.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/engine/compactor.h"
#include "storage-node/engine/engine_options.h"
#include "storage-node/engine/group_commit.h"
#include "storage-node/engine/read_buffers.h"
#include "storage-node/engine/scrubber.h"
#include "storage-node/engine/segment_inventory.h"
#include "storage-node/engine/segment_log.h"
#include "storage-node/engine/superblock.h"

namespace trebol {

/// Chunks in append-only segment files, found through an index that the log can always rebuild
/// (docs/formats/segment-record.md, docs/formats/index.md).
///
/// Thread-safe. Destruction seals the log; all calls must have returned.
class SegmentChunkStore final : public ChunkStore {
 public:
  using Options = EngineOptions;

  /// Opens the store in a directory, or makes it. Replays what the index lacks. Errors: those of
  /// Superblock::Open; UNSUPPORTED_FORMAT for a segment of a later release; UNAVAILABLE if the disk
  /// fails. Lost or damaged records are no error: they are in recovery().
  static absl::StatusOr<std::unique_ptr<SegmentChunkStore>> Open(const Options& options);
  ~SegmentChunkStore() override;

  std::vector<absl::StatusOr<PutResult>> PutMany(absl::Span<const ChunkPut> puts) override;
  absl::StatusOr<ChunkData> Get(const ChunkId& id, uint64_t offset, uint64_t length) override;
  std::optional<ChunkData> TryGet(const ChunkId& id, uint64_t offset, uint64_t length) override;
  absl::StatusOr<ChunkStat> Stat(const ChunkId& id) override;
  absl::StatusOr<DeleteResult> DeleteVersions(absl::Span<const VersionId> versions) override;
  absl::Status RecordSession(const SessionMarks& marks, const LogLineage& lineage) override;
  absl::Status CloseSession(Generation generation, SessionId session) override;
  absl::Status InstallEpochs(absl::Span<const InstalledEpoch> epochs) override;
  absl::StatusOr<std::vector<HeldVersion>> UndecidedVersions(Generation generation,
                                                             SessionId session,
                                                             uint64_t after_sequence,
                                                             size_t limit) override;
  void NoteLineage(const LogLineage& lineage) override { commit_->RaiseLineage(lineage); }
  StoreStatistics Statistics() override;

  ChunkInventory& inventory() { return *inventory_; }
  Scrubber& scrubber() { return *scrubber_; }
  /// ChunkIndex::OnQuarantined.
  void OnQuarantined(std::function<void(const ChunkId&)> tell) {
    index_->OnQuarantined(std::move(tell));
  }

  /// All installed epochs, by partition: for the service when it starts.
  absl::StatusOr<std::vector<InstalledEpoch>> Epochs();
  bool IsSessionClosed(Generation generation, SessionId session);
  std::vector<std::pair<Generation, SessionId>> ClosedSessions();
  /// Sessions that have versions here, or marks, and are not closed.
  absl::StatusOr<std::vector<SessionMarks>> OpenSessions();

  /// Whose disk this is. The cluster is adopted once, at the first join.
  Superblock::Identity identity() const;
  absl::Status AdoptCluster(const std::string& cluster_id, Generation generation);

  const RecoveryReport& recovery() const { return recovery_; }

  /// Seals the log if nothing was appended since the last call, and gives idle memory and files
  /// back.
  absl::Status Tick();
  /// Rewrites one segment, if one is worth it. Errors stop nothing: it is tried again later.
  absl::Status CompactOnce(bool* did_work);

 private:
  class InFlight;

  SegmentChunkStore(const Options& options, std::unique_ptr<Superblock> superblock);
  absl::Status Start();
  void RunBackground();
  /// DISK_FULL if `bytes` more would fill `share` of the disk.
  absl::Status CheckSpace(const DiskSpace& space, uint64_t bytes, double share) const;
  DiskSpace SpaceNow();
  /// Of puts of different chunks.
  using PutResults = absl::Span<absl::StatusOr<PutResult>* const>;
  void PutDistinct(absl::Span<const ChunkPut* const> puts, PutResults results);
  /// What stands in the way of this put, or nothing; true if it is stored already.
  absl::StatusOr<bool> FindStored(const ChunkPut& put);
  absl::Status Absent(const ChunkId& id);
  /// Get of all of it; a copy that cannot be read is quarantined too.
  absl::Status Scrub(const ChunkId& id);
  absl::Status Quarantine(const ChunkId& id, const Place& place);
  absl::Status AppendAll(std::vector<LogEntry> entries);
  /// An index error at run time: asks the next opening to rebuild it.
  absl::Status NoteIndexError(absl::Status status);

  const Options options_;
  mutable Mutex superblock_mu_;
  const std::unique_ptr<Superblock> superblock_ ABSL_PT_GUARDED_BY(superblock_mu_);
  SegmentTable segments_;
  SegmentLog log_;
  RecoveryReport recovery_;
  std::unique_ptr<ChunkIndex> index_;
  std::unique_ptr<GroupCommit> commit_;
  std::unique_ptr<SegmentInventory> inventory_;
  std::unique_ptr<Scrubber> scrubber_;
  const std::shared_ptr<ReadBuffers> read_buffers_ = std::make_shared<ReadBuffers>();
  std::unique_ptr<Compactor> compactor_;

  Mutex in_flight_mu_;
  CondVar in_flight_done_;
  absl::flat_hash_set<ChunkId> in_flight_ ABSL_GUARDED_BY(in_flight_mu_);

  Mutex
      closed_mu_;  // taken inside the commit queue's lock, so that it follows the order of the log
  absl::flat_hash_set<std::pair<Generation, SessionId>> closed_ ABSL_GUARDED_BY(closed_mu_);

  Mutex tick_mu_;
  uint64_t seen_batches_ ABSL_GUARDED_BY(tick_mu_) = 0;
  bool sealed_ ABSL_GUARDED_BY(tick_mu_) = true;
  LogLineage logged_lineage_ ABSL_GUARDED_BY(tick_mu_);
  Instant lineage_logged_at_ ABSL_GUARDED_BY(tick_mu_);

  Mutex background_mu_;
  CondVar background_wake_;
  bool stopping_ ABSL_GUARDED_BY(background_mu_) = false;
  std::thread background_;
};

}  // namespace trebol
