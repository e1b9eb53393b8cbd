#include "metadata/state/rocks_transaction.h"

#include <memory>
#include <utility>

#include "metadata/state/rocks_error.h"
#include "metadata/state/rocks_scan.h"

namespace trebol {
namespace {

rocksdb::Slice ToSlice(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

RocksTransaction::RocksTransaction(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* family)
    : db_(db), family_(family), batch_(family->GetComparator(), 0, /*overwrite_key=*/true) {}

absl::StatusOr<std::optional<std::string>> RocksTransaction::Get(absl::string_view key) const {
  std::string value;
  const rocksdb::Status found =
      batch_.GetFromBatchAndDB(db_, rocksdb::ReadOptions(), family_, ToSlice(key), &value);
  if (found.IsNotFound()) return std::optional<std::string>();
  if (!found.ok()) return Note(FromRocksDb("reading a row", found));
  return std::optional<std::string>(std::move(value));
}

absl::Status RocksTransaction::Scan(absl::string_view from, absl::string_view to,
                                    Visitor visitor) const {
  const std::string bound(to);
  const rocksdb::Slice upper = bound;
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(
      batch_.NewIteratorWithBase(family_, db_->NewIterator(options, family_), &options));
  return Note(FromRocksDb("scanning rows", ScanIterator(*it, from, to, visitor)));
}

absl::Status RocksTransaction::Put(absl::string_view key, absl::string_view value) {
  ++changes_;
  return Note(FromRocksDb("writing a row", batch_.Put(family_, ToSlice(key), ToSlice(value))));
}

absl::Status RocksTransaction::Delete(absl::string_view key) {
  ++changes_;
  return Note(FromRocksDb("deleting a row", batch_.Delete(family_, ToSlice(key))));
}

void RocksTransaction::SetSavepoint() {
  batch_.SetSavePoint();
  changes_at_savepoint_ = changes_;
}

void RocksTransaction::RollBack() {
  changes_ = changes_at_savepoint_;
  Note(FromRocksDb("undoing a command", batch_.RollbackToSavePoint())).IgnoreError();
}

bool RocksTransaction::Keep() {
  Note(FromRocksDb("keeping a command", batch_.PopSavePoint())).IgnoreError();
  return changes_ != changes_at_savepoint_;
}

absl::Status RocksTransaction::Commit() {
  if (!status_.ok()) return status_;
  return Note(FromRocksDb("applying an entry of the log",
                          db_->Write(rocksdb::WriteOptions(), batch_.GetWriteBatch())));
}

absl::Status RocksTransaction::Note(absl::Status status) const {
  if (!status.ok() && status_.ok()) status_ = status;
  return status;
}

}  // namespace trebol
