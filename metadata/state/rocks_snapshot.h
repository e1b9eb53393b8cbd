#pragma once

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
class RocksSnapshot final : public RowReader {
 public:
  RocksSnapshot(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* family)
      : db_(db), family_(family), snapshot_(db) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::Status Scan(absl::string_view from, absl::string_view to, Visitor visitor) const override;

 private:
  rocksdb::ReadOptions Options() const;

  rocksdb::DB* const db_;
  rocksdb::ColumnFamilyHandle* const family_;
  mutable rocksdb::ManagedSnapshot snapshot_;
};

}  // namespace trebol
