#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "metadata/log/replicated_log.h"
#include "rocksdb/db.h"

namespace trebol {

/// The log of an embedded metadata server: a column family of the RocksDB that also holds the
/// state. An append is one write with WAL sync, about 65 µs on an idle SSD. Because effects go
/// through the same WAL after their entry, no power cut leaves effects without the entry.
///
/// Thread-safe. The database and the column family outlive it. Any failed write is final: the
/// process must restart and recover (a flush that is retried after a failure proves nothing).
class LocalLog final : public ReplicatedLog {
 public:
  static absl::StatusOr<std::unique_ptr<LocalLog>> Open(rocksdb::DB* db,
                                                        rocksdb::ColumnFamilyHandle* family);

  absl::StatusOr<LogIndex> Head() override;
  absl::Status Append(LogIndex expected_head, absl::string_view entry) override;
  absl::StatusOr<std::vector<LogRecord>> Read(LogIndex from, size_t limit) override;
  absl::Status TrimBelow(LogIndex index) override;

 private:
  LocalLog(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* family, LogIndex first, LogIndex head)
      : db_(db), family_(family), first_(first), head_(head) {}

  rocksdb::DB* const db_;
  rocksdb::ColumnFamilyHandle* const family_;

  Mutex mu_;
  LogIndex first_ ABSL_GUARDED_BY(mu_);  // that was not trimmed
  LogIndex head_ ABSL_GUARDED_BY(mu_);
  absl::Status failed_ ABSL_GUARDED_BY(mu_);
};

}  // namespace trebol
