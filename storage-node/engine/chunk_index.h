#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/base/mutex.h"
#include "storage-node/engine/batch_builder.h"
#include "storage-node/engine/digest_table.h"
#include "storage-node/engine/index_rows.h"
#include "storage-node/engine/segment_log.h"

namespace rocksdb {
class DB;
class Env;
}  // namespace rocksdb

namespace trebol {

/// Where every chunk is, and everything else that the log says, in RocksDB. A pure function of the
/// log: without a write-ahead log of its own, never synced on the write path, and deleted and
/// rebuilt on any doubt. Rows and replay position are written together, so they never part.
///
/// Thread-safe. An error is final (DATA_LOSS: the index itself is damaged).
class ChunkIndex {
 public:
  struct Options {
    std::string directory;
    rocksdb::Env* env = nullptr;  // nullptr: the operating system's
    DiskId disk;
  };

  /// An error means that there is no index to trust: remove the directory and open again. A new one
  /// has position {0, 0}.
  static absl::StatusOr<std::unique_ptr<ChunkIndex>> Open(const Options& options,
                                                          const SegmentTable& segments);
  ~ChunkIndex();

  absl::StatusOr<std::optional<rows::Chunk>> FindChunk(const ChunkId& id) const;
  /// Without waiting for the disk; nullopt also where only that could tell.
  std::optional<rows::Chunk> FindChunkCached(const ChunkId& id) const;
  absl::StatusOr<std::optional<rows::Tombstone>> FindTombstone(const VersionId& version) const;
  absl::StatusOr<std::optional<rows::Session>> FindSession(Generation generation,
                                                           SessionId session) const;
  absl::StatusOr<std::optional<rows::Flag>> FindClosed(Generation generation,
                                                       SessionId session) const;
  absl::StatusOr<std::optional<rows::InstalledEpochRow>> FindEpoch(PartitionId partition) const;
  absl::StatusOr<std::optional<rows::Flag>> FindUncertain() const;

  /// Every row whose key begins with `prefix`, from `from` on, until `visit` returns false.
  absl::Status Visit(
      absl::string_view prefix, absl::string_view from,
      absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) const;

  /// Called for each copy that becomes quarantined, in log order, on the thread that commits: it
  /// must not call the store. Not in replay.
  void OnQuarantined(std::function<void(const ChunkId&)> tell);

  /// Over the good copies of these buckets. Waits for the disk where nobody asked before.
  absl::StatusOr<ChunkDigest> Digest(const BucketRange& buckets);

  /// Takes in a durable batch. `entries` may be empty (replay) or those of the batch: puts that a
  /// tombstone bars get VERSION_DELETED, tombstones get what they deleted.
  absl::Status ApplyBatch(const SegmentPtr& segment, const Batch& batch,
                          absl::Span<LogEntry* const> entries);

  /// Records that the log goes on at the beginning of `segment`.
  absl::Status Begin(const SegmentPtr& segment);

  /// Marks the segment as needed by nobody and drops the tombstones; durable when it returns. Then
  /// the file may go, and then ForgetSegment.
  absl::Status DropSegment(const SegmentPtr& segment, absl::Span<const VersionId> tombstones);
  absl::Status ForgetSegment(uint64_t number);

  /// Flushes all rows to disk; the position before the call is then durable.
  absl::Status Flush();
  /// The same, but returns at once.
  absl::Status StartFlush();

  rows::State state() const;

 private:
  friend class IndexUpdate;
  ChunkIndex(std::unique_ptr<rocksdb::DB> db, const SegmentTable& segments);
  absl::StatusOr<std::optional<std::string>> Find(const std::string& key) const;
  absl::StatusOr<ChunkDigest> ScanBucket(size_t bucket) const;
  template <typename Row>
  absl::StatusOr<std::optional<Row>> FindRow(const std::string& key,
                                             std::optional<Row> (*decode)(absl::string_view)) const;

  const SegmentTable& segments_;
  const std::unique_ptr<rocksdb::DB> db_;
  Mutex update_mu_;  // one update at a time; taken before mu_
  mutable Mutex mu_;
  rows::State state_ ABSL_GUARDED_BY(mu_);
  DigestTable digests_ ABSL_GUARDED_BY(mu_);
  std::function<void(const ChunkId&)> tell_quarantined_ ABSL_GUARDED_BY(mu_);
};

/// The error for a row that cannot be decoded.
absl::Status DamagedIndex(absl::string_view what);

}  // namespace trebol
