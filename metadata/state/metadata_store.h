#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "metadata/state/rocks_snapshot.h"
#include "metadata/state/rocks_transaction.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"

namespace trebol {

/// The disk of metadata: one RocksDB with a column family of rows and one for the local log, tuned
/// for durability first and a small memory (about 40 MiB when full).
///
/// Thread-safe. Owns the database; transactions, snapshots and the log end before it does.
class MetadataStore {
 public:
  struct Options {
    std::string directory;
    /// Under it may be a simulated disk. Not owned; outlives the store.
    rocksdb::Env* env = rocksdb::Env::Default();
  };

  /// FAILED_PRECONDITION if the directory is another process's or another role's; DATA_LOSS if it
  /// is a cluster's and its database is missing; UNIMPLEMENTED for a newer format; UNAVAILABLE
  /// (STORE_FAILED) if the disk or the database is damaged.
  static absl::StatusOr<std::unique_ptr<MetadataStore>> Open(const Options& options);
  ~MetadataStore();

  std::unique_ptr<RocksTransaction> Begin();
  std::unique_ptr<RocksSnapshot> Snapshot(
      RocksSnapshot::Source source = RocksSnapshot::Source::kDisk);

  /// The cluster that the directory says it is of; empty before one was created.
  const std::string& cluster_id() const { return cluster_id_; }
  /// Says so from now on. Durable when it returns.
  absl::Status NameCluster(const std::string& cluster_id);

  rocksdb::DB* db() { return db_.get(); }
  rocksdb::ColumnFamilyHandle* log_family() { return log_; }

 private:
  explicit MetadataStore(const Options& options) : options_(options) {}

  const Options options_;
  std::string cluster_id_;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* rows_ = nullptr;  // owned through db_: destroyed before it
  rocksdb::ColumnFamilyHandle* log_ = nullptr;
};

}  // namespace trebol
