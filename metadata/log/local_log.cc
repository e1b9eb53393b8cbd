#include "metadata/log/local_log.h"

#include <algorithm>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "common/base/endian.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "rocksdb/iterator.h"
#include "rocksdb/options.h"
#include "rocksdb/write_batch.h"

namespace trebol {
namespace {

constexpr uint64_t kTrimmedPerWrite = 1024;

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
  const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(rocksdb::ReadOptions(), family));
  LogIndex first(1);
  LogIndex head;
  it->SeekToFirst();
  if (it->Valid()) {
    ASSIGN_OR_RETURN(first, IndexOf(it->key()));
    it->SeekToLast();
  }
  if (it->Valid()) {
    ASSIGN_OR_RETURN(head, IndexOf(it->key()));
  }
  if (!it->status().ok()) return StoreError("looking for its head", it->status());
  return absl::WrapUnique(new LocalLog(db, family, first, head));
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
  // One by one: iterators of RocksDB 7.8 free memory twice over a range that was deleted whole.
  while (first_ < index) {
    rocksdb::WriteBatch batch;
    const uint64_t end = std::min(index.value, first_.value + kTrimmedPerWrite);
    for (uint64_t trimmed = first_.value; trimmed < end; ++trimmed) {
      batch.Delete(family_, KeyOf(LogIndex(trimmed))).PermitUncheckedError();
    }
    const rocksdb::Status written = db_->Write(rocksdb::WriteOptions(), &batch);
    if (!written.ok()) {
      failed_ = StoreError(absl::StrCat("trimming below ", index.value), written);
      return failed_;
    }
    first_ = LogIndex(end);
  }
  return absl::OkStatus();
}

}  // namespace trebol
