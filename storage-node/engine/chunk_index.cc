#include "storage-node/engine/chunk_index.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "storage-node/engine/index_update.h"
#include "storage-node/engine/null_logger.h"
#include "storage-node/engine/rocksdb_status.h"

namespace trebol {
namespace {

rocksdb::Options DatabaseOptions(const ChunkIndex::Options& options) {
  rocksdb::Options db;
  db.create_if_missing = true;
  if (options.env != nullptr) db.env = options.env;
  db.paranoid_checks = true;
  db.max_bgerror_resume_count = 0;  // an error is final: the index is rebuilt
  // Small: three stores share a laptop. The memtable holds about 60,000 chunks.
  db.write_buffer_size = 8 * kMiB;
  db.arena_block_size = 256 * kKiB;
  db.memtable_prefix_bloom_size_ratio =
      0.02;  // a chunk that is put is looked for, and is not there
  db.memtable_whole_key_filtering = true;
  db.max_write_buffer_number = 3;
  db.max_open_files = 256;
  db.avoid_unnecessary_blocking_io = true;  // reads on gRPC's threads remove no files
  db.max_background_jobs = 2;
  db.target_file_size_base = 16 * kMiB;
  db.max_bytes_for_level_base = 64 * kMiB;
  db.compression = rocksdb::kNoCompression;  // ids and checksums are random
  db.avoid_flush_during_shutdown = true;     // Close flushes itself, and hears of errors
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.info_log = std::make_shared<NullLogger>();
  rocksdb::BlockBasedTableOptions table;
  table.checksum = rocksdb::kXXH3;  // the distribution's CRC32C is computed in software
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_cache = rocksdb::NewLRUCache(4 * kMiB);
  // In small pieces, or those of many files would push each other out of the cache, and a lookup
  // would read all of them.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}

rocksdb::WriteOptions Unlogged() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

}  // namespace

absl::Status DamagedIndex(absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat("the index is damaged (", what, "); a restart rebuilds it from the log"));
}

absl::StatusOr<std::unique_ptr<ChunkIndex>> ChunkIndex::Open(const Options& options,
                                                             const SegmentTable& segments) {
  rocksdb::DB* opened = nullptr;
  RETURN_IF_ERROR(
      FromRocksDb(rocksdb::DB::Open(DatabaseOptions(options), options.directory, &opened)));
  auto index =
      std::unique_ptr<ChunkIndex>(new ChunkIndex(std::unique_ptr<rocksdb::DB>(opened), segments));
  ASSIGN_OR_RETURN(const std::optional<std::string> value, index->Find(rows::StateKey()));
  MutexLock lock(&index->mu_);
  if (!value) {
    index->state_.disk = options.disk;
    return index;
  }
  const std::optional<rows::State> state = rows::DecodeState(*value);
  if (!state || state->disk != options.disk) return DamagedIndex("not the index of this disk");
  index->state_ = *state;
  return index;
}

ChunkIndex::ChunkIndex(std::unique_ptr<rocksdb::DB> db, const SegmentTable& segments)
    : segments_(segments), db_(std::move(db)) {}

ChunkIndex::~ChunkIndex() = default;

absl::StatusOr<std::optional<std::string>> ChunkIndex::Find(const std::string& key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), key, &value);
  if (status.IsNotFound()) return std::nullopt;
  RETURN_IF_ERROR(FromRocksDb(status));
  return value;
}

template <typename Row>
absl::StatusOr<std::optional<Row>> ChunkIndex::FindRow(
    const std::string& key, std::optional<Row> (*decode)(absl::string_view)) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, Find(key));
  if (!value) return std::optional<Row>();
  std::optional<Row> row = decode(*value);
  if (!row) return DamagedIndex("a row cannot be read");
  return row;
}

absl::StatusOr<std::optional<rows::Chunk>> ChunkIndex::FindChunk(const ChunkId& id) const {
  return FindRow(rows::ChunkKey(id), &rows::DecodeChunk);
}
std::optional<rows::Chunk> ChunkIndex::FindChunkCached(const ChunkId& id) const {
  rocksdb::ReadOptions options;
  options.read_tier = rocksdb::kBlockCacheTier;
  std::string value;
  if (!db_->Get(options, rows::ChunkKey(id), &value).ok()) return std::nullopt;
  return rows::DecodeChunk(value);  // none of an empty value: RocksDB 7.8's for a file not open
}
absl::StatusOr<std::optional<rows::Tombstone>> ChunkIndex::FindTombstone(
    const VersionId& version) const {
  return FindRow(rows::TombstoneKey(version), &rows::DecodeTombstone);
}
absl::StatusOr<std::optional<rows::Session>> ChunkIndex::FindSession(Generation generation,
                                                                     SessionId session) const {
  return FindRow(rows::SessionKey(generation, session), &rows::DecodeSession);
}
absl::StatusOr<std::optional<rows::Flag>> ChunkIndex::FindClosed(Generation generation,
                                                                 SessionId session) const {
  return FindRow(rows::ClosedKey(generation, session), &rows::DecodeFlag);
}
absl::StatusOr<std::optional<rows::InstalledEpochRow>> ChunkIndex::FindEpoch(
    PartitionId partition) const {
  return FindRow(rows::EpochKey(partition), &rows::DecodeEpoch);
}
absl::StatusOr<std::optional<rows::Flag>> ChunkIndex::FindUncertain() const {
  return FindRow(rows::UncertainKey(), &rows::DecodeFlag);
}

absl::Status ChunkIndex::Visit(
    absl::string_view prefix, absl::string_view from,
    absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) const {
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(rocksdb::ReadOptions()));
  for (at->Seek({from.data(), from.size()}); at->Valid(); at->Next()) {
    const absl::string_view key(at->key().data(), at->key().size());
    if (!absl::StartsWith(key, prefix)) break;
    if (!visit(key, absl::string_view(at->value().data(), at->value().size()))) break;
  }
  return FromRocksDb(at->status());
}

absl::Status ChunkIndex::ApplyBatch(const SegmentPtr& segment, const Batch& batch,
                                    absl::Span<LogEntry* const> entries) {
  MutexLock one_at_a_time(&update_mu_);
  IndexUpdate update(*this, state());
  RETURN_IF_ERROR(update.Apply(segment, batch, entries));
  ASSIGN_OR_RETURN(const rows::State after, update.Write());
  MutexLock lock(&mu_);
  state_ = after;
  for (const auto& [bucket, change] : update.digest_changes()) digests_.Change(bucket, change);
  if (tell_quarantined_) {
    for (const ChunkId& id : update.quarantined()) tell_quarantined_(id);
  }
  return absl::OkStatus();
}

void ChunkIndex::OnQuarantined(std::function<void(const ChunkId&)> tell) {
  MutexLock lock(&mu_);
  tell_quarantined_ = std::move(tell);
}

absl::StatusOr<ChunkDigest> ChunkIndex::Digest(const BucketRange& buckets) {
  ChunkDigest sum;
  for (size_t bucket = buckets.first; bucket < buckets.first + buckets.count; ++bucket) {
    {
      MutexLock lock(&mu_);
      if (const auto& known = digests_.Find(bucket)) {
        sum.Combine(*known);
        continue;
      }
    }
    // No update may come between what is read and what is remembered.
    MutexLock no_update(&update_mu_);
    ASSIGN_OR_RETURN(const ChunkDigest digest, ScanBucket(bucket));
    sum.Combine(digest);
    MutexLock lock(&mu_);
    digests_.Fill(bucket, digest);
  }
  return sum;
}

absl::StatusOr<ChunkDigest> ChunkIndex::ScanBucket(size_t bucket) const {
  ChunkDigest digest;
  bool damaged = false;
  RETURN_IF_ERROR(Visit(std::string(1, rows::kHashPrefix),
                        rows::FirstHashKey(DigestTable::FirstHash(bucket)),
                        [&](absl::string_view key, absl::string_view value) {
                          const uint64_t hash = rows::HashOfHashKey(key);
                          if (DigestTable::BucketOf(hash) != bucket) return false;
                          const auto size = rows::DecodeSize(value);
                          damaged = !size;
                          if (size) digest.Add(hash, *size);
                          return !damaged;
                        }));
  if (damaged) return DamagedIndex("a size cannot be read");
  return digest;
}

absl::Status ChunkIndex::Begin(const SegmentPtr& segment) {
  MutexLock one_at_a_time(&update_mu_);
  IndexUpdate update(*this, state());
  update.Begin(segment);
  ASSIGN_OR_RETURN(const rows::State after, update.Write());
  MutexLock lock(&mu_);
  state_ = after;
  return absl::OkStatus();
}

absl::Status ChunkIndex::DropSegment(const SegmentPtr& segment,
                                     absl::Span<const VersionId> tombstones) {
  MutexLock one_at_a_time(&update_mu_);
  rocksdb::WriteBatch writes;
  for (const VersionId& version : tombstones) {
    RETURN_IF_ERROR(FromRocksDb(writes.Delete(rows::TombstoneKey(version))));
  }
  const rows::SegmentState row{
      .id = segment->header().id, .end = segment->end.load(), .dropped = true};
  RETURN_IF_ERROR(
      FromRocksDb(writes.Put(rows::SegmentKey(segment->header().number), rows::Encode(row))));
  RETURN_IF_ERROR(FromRocksDb(db_->Write(Unlogged(), &writes)));
  return Flush();
}

absl::Status ChunkIndex::ForgetSegment(uint64_t number) {
  return FromRocksDb(db_->Delete(Unlogged(), rows::SegmentKey(number)));
}

absl::Status ChunkIndex::Flush() { return FromRocksDb(db_->Flush(rocksdb::FlushOptions())); }

absl::Status ChunkIndex::StartFlush() {
  rocksdb::FlushOptions options;
  options.wait = false;
  options.allow_write_stall = true;
  return FromRocksDb(db_->Flush(options));
}

rows::State ChunkIndex::state() const {
  MutexLock lock(&mu_);
  return state_;
}

}  // namespace trebol
