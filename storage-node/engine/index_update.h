#pragma once

#include <rocksdb/utilities/write_batch_with_index.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage-node/engine/chunk_index.h"

namespace trebol {

/// What batches change in the index: gathered, seen by what comes later in the same update, and
/// written at once with the new position. The one place where records become rows, live and in
/// replay. Not thread-safe; used once.
class IndexUpdate {
 public:
  IndexUpdate(ChunkIndex& index, const rows::State& state) : index_(index), state_(state) {}

  absl::Status Apply(const SegmentPtr& segment, const Batch& batch,
                     absl::Span<LogEntry* const> entries);
  void Begin(const SegmentPtr& segment);
  /// The state after it. Nothing was changed if it fails, except live bytes of segments.
  absl::StatusOr<rows::State> Write();
  /// How it changes the digests of buckets.
  const std::map<size_t, ChunkDigest>& digest_changes() const { return digest_changes_; }
  const std::vector<ChunkId>& quarantined() const { return quarantined_; }

 private:
  absl::Status Put(const PutRecord& put, const Place& place, uint32_t size, LogEntry* entry);
  absl::Status Delete(const TombstoneRecord& tombstone, const Place& place, LogEntry* entry);
  absl::Status Quarantine(const QuarantineRecord& bad, const Place& at);
  absl::Status Forget(const ForgetRecord& forget);
  absl::Status HintDone(const HintDoneRecord& done);
  absl::Status Marks(const SessionMarksRecord& record, uint64_t segment);
  absl::Status Install(const EpochRecord& record, uint64_t segment);
  absl::Status SetFlag(const std::string& key, const Record& record, uint64_t segment,
                       uint64_t value);
  absl::Status ApplyRecord(const BatchEntry& batch_entry, const Place& place, LogEntry* entry);

  /// Notes in the tombstone's row that a record of its version stands at `place`: it must outlive
  /// every one, or a rebuild of the index would bring the version back.
  absl::Status Outlive(const VersionId& version, const std::string& tombstone, const Place& place);
  /// In the whole log; 0 if the segment is gone.
  uint64_t PositionOf(const Place& place) const;
  /// Takes a chunk's row into the sums, and out of them.
  void Count(const ChunkId& id, const rows::Chunk& row);
  absl::Status Uncount(const ChunkId& id, const rows::Chunk& row);
  void AddLive(uint64_t segment, int64_t bytes);
  absl::StatusOr<std::optional<std::string>> Find(const std::string& key);
  void Store(const std::string& key, const std::string& value);

  ChunkIndex& index_;
  rows::State state_;
  rocksdb::WriteBatchWithIndex writes_;
  std::map<size_t, ChunkDigest> digest_changes_;  // by bucket
  std::vector<ChunkId> quarantined_;
  std::set<uint64_t> touched_;  // segments whose live bytes changed
};

}  // namespace trebol
