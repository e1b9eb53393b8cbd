#include "metadata/state/metadata_store.h"

#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "metadata/state/identity_file.h"
#include "metadata/state/quiet_logger.h"
#include "metadata/state/rocks_error.h"
#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"

namespace trebol {
namespace {

rocksdb::DBOptions DatabaseOptions(rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  // What a power cut leaves is a prefix of what was written, never a state with holes; and a WAL
  // that vanished whole is noticed.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  options.paranoid_checks = true;
  // A failed flush is not retried: it would "succeed" without the data (fsyncgate).
  options.max_bgerror_resume_count = 0;
  options.max_total_wal_size = 32 * kMiB;
  options.max_open_files = 256;
  options.max_background_jobs = 2;
  options.avoid_unnecessary_blocking_io = true;  // reads on gRPC's threads remove no files
  options.info_log = std::make_shared<QuietLogger>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.checksum = rocksdb::kXXH3;  // the distribution's CRC32C is software
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // In small pieces: the index and the filter of a large file would each be larger than a shard of
  // the cache, which keeps them out of it, and every lookup would read all of them.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.cache_index_and_filter_blocks = true;
  table.format_version = 5;

  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = 8 * kMiB;
  // Most rows that a command asks for are not there yet.
  options.memtable_prefix_bloom_size_ratio = 0.02;
  options.memtable_whole_key_filtering = true;
  options.max_write_buffer_number = 2;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kNoCompression;
  options.paranoid_file_checks = true;
  return options;
}

absl::Status OpenError(const std::string& directory, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  // As RocksDB says it of its LOCK file; any path may contain the word.
  const bool held =
      absl::StrContains(text, "While lock file: ") || absl::StrContains(text, "lock hold by ");
  if (status.IsIOError() && held) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, v1::NODE_CONFLICT,
        absl::StrCat("the metadata directory ", directory,
                     " is in use by another process; stop that one first (", text, ")"));
  }
  return FromRocksDb(absl::StrCat("opening ", directory), status);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetadataStore>> MetadataStore::Open(const Options& options) {
  const std::string database = absl::StrCat(options.directory, "/db");
  ASSIGN_OR_RETURN(std::string cluster_id,
                   ClaimDirectory(options.env, options.directory, database));

  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(16 * kMiB);
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, FamilyOptions(cache)},
      {"log", FamilyOptions(cache)},
  };
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened =
      rocksdb::DB::Open(DatabaseOptions(options.env), database, families, &handles, &db);
  if (!opened.ok()) return OpenError(options.directory, opened);

  auto store = absl::WrapUnique(new MetadataStore(options));
  store->cluster_id_ = std::move(cluster_id);
  store->db_.reset(db);
  store->rows_ = handles[0];
  store->log_ = handles[1];
  return store;
}

MetadataStore::~MetadataStore() {
  if (rows_ != nullptr) db_->DestroyColumnFamilyHandle(rows_).PermitUncheckedError();
  if (log_ != nullptr) db_->DestroyColumnFamilyHandle(log_).PermitUncheckedError();
}

absl::Status MetadataStore::NameCluster(const std::string& cluster_id) {
  RETURN_IF_ERROR(trebol::NameCluster(options_.env, options_.directory, cluster_id));
  cluster_id_ = cluster_id;
  return absl::OkStatus();
}

std::unique_ptr<RocksTransaction> MetadataStore::Begin() {
  return std::make_unique<RocksTransaction>(db_.get(), rows_);
}

std::unique_ptr<RocksSnapshot> MetadataStore::Snapshot(RocksSnapshot::Source source) {
  return std::make_unique<RocksSnapshot>(db_.get(), rows_, source);
}

}  // namespace trebol
