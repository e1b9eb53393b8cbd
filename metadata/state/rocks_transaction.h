#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "metadata/state/transaction.h"
#include "rocksdb/db.h"
#include "rocksdb/utilities/write_batch_with_index.h"

namespace trebol {

/// The effects of a group of commands on top of the applied state: a write batch that is searched
/// before the database. A savepoint around each command lets one fail alone. For one thread; the
/// database outlives it and is written by nobody else meanwhile.
///
/// An error from the disk stays (`status()`): the sequencer tells it from a refusal by a command.
class RocksTransaction final : public Transaction {
 public:
  RocksTransaction(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* family);

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::Status Scan(absl::string_view from, absl::string_view to, Visitor visitor) const override;
  absl::Status Put(absl::string_view key, absl::string_view value) override;
  absl::Status Delete(absl::string_view key) override;

  void SetSavepoint();
  /// Forgets what was changed since the savepoint.
  void RollBack();
  /// Keeps it. True if anything was changed.
  bool Keep();

  /// Makes the effects visible in one write, without a sync: their log entry is durable already.
  absl::Status Commit();

  const absl::Status& status() const { return status_; }

 private:
  absl::Status Note(absl::Status status) const;

  rocksdb::DB* const db_;
  rocksdb::ColumnFamilyHandle* const family_;
  mutable rocksdb::WriteBatchWithIndex batch_;
  uint32_t changes_ = 0;
  uint32_t changes_at_savepoint_ = 0;
  mutable absl::Status status_;
};

}  // namespace trebol
