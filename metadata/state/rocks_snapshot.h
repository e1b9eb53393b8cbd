#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "metadata/state/transaction.h"
#include "rocksdb/db.h"
#include "rocksdb/snapshot.h"

namespace trebol {

/// The applied state as it was when this was made: what reads run on, beside the sequencer.
/// Thread-safe. Holds old rows back from compaction while it lives: keep it for a call, not longer.
/// With kMemory nothing waits for the disk; what only the disk could tell is an error, and makes
/// `missed()` true.
class RocksSnapshot final : public RowReader {
 public:
  enum class Source { kDisk, kMemory };

  RocksSnapshot(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* family, Source source)
      : db_(db), family_(family), source_(source), snapshot_(db) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::Status Scan(absl::string_view from, absl::string_view to, Visitor visitor) const override;

  bool missed() const { return missed_; }

 private:
  rocksdb::ReadOptions Options() const;
  absl::Status Error(absl::string_view doing, const rocksdb::Status& status) const;

  rocksdb::DB* const db_;
  rocksdb::ColumnFamilyHandle* const family_;
  const Source source_;
  mutable rocksdb::ManagedSnapshot snapshot_;
  mutable std::atomic<bool> missed_ = false;
};

}  // namespace trebol
