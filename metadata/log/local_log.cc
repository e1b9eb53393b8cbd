#include "metadata/log/local_log.h"

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "common/base/endian.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "rocksdb/iterator.h"
#include "rocksdb/options.h"

namespace trebol {
namespace {

std::string KeyOf(LogIndex index) {
  std::string key;
  AppendBigEndian64(index.value, &key);
  return key;
}

absl::Status StoreError(absl::string_view doing, const rocksdb::Status& status) {
  return MakeError(absl::StatusCode::kUnavailable, v1::STORE_FAILED,
                   absl::StrCat("the metadata log failed while ", doing, ": ", status.ToString(),
                                "; see to the disk, then restart metadata"));
}

absl::StatusOr<LogIndex> IndexOf(const rocksdb::Slice& key) {
  if (key.size() != sizeof(uint64_t)) {
    return MakeError(absl::StatusCode::kDataLoss, v1::STORE_FAILED,
                     absl::StrCat("the metadata log holds a key of ", key.size(),
                                  " bytes; its keys have 8: restore it from a backup"));
  }
  return LogIndex(LoadBigEndian64(key.data()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalLog>> LocalLog::Open(rocksdb::DB* db,
                                                         rocksdb::ColumnFamilyHandle* family) {
  const std::unique_ptr<rocksdb::Iterator> last(db->NewIterator(rocksdb::ReadOptions(), family));
  LogIndex head;
  last->SeekToLast();
  if (last->Valid()) {
    ASSIGN_OR_RETURN(head, IndexOf(last->key()));
  }
  if (!last->status().ok()) return StoreError("looking for its head", last->status());
  return absl::WrapUnique(new LocalLog(db, family, head));
}

absl::StatusOr<LogIndex> LocalLog::Head() {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(failed_);
  return head_;
}

absl::Status LocalLog::Append(LogIndex expected_head, absl::string_view entry) {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(failed_);
  if (expected_head != head_) {
    return absl::AbortedError(absl::StrCat("the head of the metadata log is ", head_.value,
                                           ", not ", expected_head.value,
                                           ": another proposer has appended"));
  }
  const LogIndex index(expected_head.value + 1);
  rocksdb::WriteOptions durable;
  durable.sync = true;
  const rocksdb::Status written =
      db_->Put(durable, family_, KeyOf(index), rocksdb::Slice(entry.data(), entry.size()));
  if (!written.ok()) {
    failed_ = StoreError(absl::StrCat("appending entry ", index.value), written);
    return failed_;
  }
  head_ = index;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<LogRecord>> LocalLog::Read(LogIndex from, size_t limit) {
  std::vector<LogRecord> records;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions(), family_));
  LogIndex expected = from;
  for (it->Seek(KeyOf(from)); it->Valid() && records.size() < limit; it->Next()) {
    ASSIGN_OR_RETURN(const LogIndex index, IndexOf(it->key()));
    if (index != expected) {
      return absl::OutOfRangeError(absl::StrCat("entry ", expected.value,
                                                " of the metadata log is not there; the next one "
                                                "is ",
                                                index.value));
    }
    records.push_back({index, it->value().ToString()});
    expected.value++;
  }
  if (!it->status().ok()) return StoreError("reading", it->status());
  return records;
}

absl::Status LocalLog::TrimBelow(LogIndex index) {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(failed_);
  if (index > head_) index = head_;
  const rocksdb::Status trimmed =
      db_->DeleteRange(rocksdb::WriteOptions(), family_, KeyOf(LogIndex(0)), KeyOf(index));
  if (!trimmed.ok()) {
    failed_ = StoreError(absl::StrCat("trimming below ", index.value), trimmed);
    return failed_;
  }
  return absl::OkStatus();
}

}  // namespace trebol
