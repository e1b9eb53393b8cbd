#include "metadata/state/rocks_snapshot.h"

#include <memory>
#include <utility>

#include "metadata/state/rocks_error.h"
#include "metadata/state/rocks_scan.h"

namespace trebol {

rocksdb::ReadOptions RocksSnapshot::Options() const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_.snapshot();
  if (source_ == Source::kMemory) options.read_tier = rocksdb::kBlockCacheTier;
  return options;
}

absl::Status RocksSnapshot::Error(absl::string_view doing, const rocksdb::Status& status) const {
  if (status.IsIncomplete()) missed_ = true;
  return FromRocksDb(doing, status);
}

absl::StatusOr<std::optional<std::string>> RocksSnapshot::Get(absl::string_view key) const {
  std::string value;
  const rocksdb::Status found =
      db_->Get(Options(), family_, rocksdb::Slice(key.data(), key.size()), &value);
  if (found.IsNotFound()) return std::optional<std::string>();
  if (!found.ok()) return Error("reading a row", found);
  // RocksDB 7.8 says so of a row that may be in a file that is not open. No row of ours is empty.
  if (source_ == Source::kMemory && value.empty()) {
    return Error("reading a row", rocksdb::Status::Incomplete("in a file that is not open"));
  }
  return std::optional<std::string>(std::move(value));
}

absl::Status RocksSnapshot::Scan(absl::string_view from, absl::string_view to,
                                 Visitor visitor) const {
  const std::string bound(to);
  const rocksdb::Slice upper = bound;
  rocksdb::ReadOptions options = Options();
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, family_));
  return Error("scanning rows", ScanIterator(*it, from, to, visitor));
}

}  // namespace trebol
