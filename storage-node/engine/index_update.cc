#include "storage-node/engine/index_update.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/cluster/placement_hash.h"
#include "storage-node/engine/rocksdb_status.h"
#include "storage-node/engine/session_marks.h"

namespace trebol {
namespace {

// What a put takes in its segment; what it stops taking when nothing points at it any more.
int64_t PutBytes(uint32_t size) {
  static const PutRecord kAny;
  return int64_t{size} + EntrySize(kAny, size);
}

}  // namespace

absl::Status IndexUpdate::Apply(const SegmentPtr& segment, const Batch& batch,
                                absl::Span<LogEntry* const> entries) {
  const uint64_t number = segment->header().number;
  for (size_t i = 0; i < batch.entries.size(); ++i) {
    const Place place{.segment = number, .offset = batch.offset + batch.entries[i].payload_offset};
    RETURN_IF_ERROR(ApplyRecord(batch.entries[i], place, entries.empty() ? nullptr : entries[i]));
  }
  state_.lineage = std::max(state_.lineage, batch.lineage);
  state_.position = {.segment = number, .offset = batch.offset + batch.size};
  touched_.insert(number);
  return absl::OkStatus();
}

void IndexUpdate::Begin(const SegmentPtr& segment) {
  state_.position = {.segment = segment->header().number, .offset = kSegmentHeaderSize};
  // Also those that a replay found empty: a segment without a row is a reason to rebuild.
  for (const SegmentPtr& known : index_.segments_.All()) touched_.insert(known->header().number);
}

absl::StatusOr<rows::State> IndexUpdate::Write() {
  for (uint64_t number : touched_) {
    const SegmentPtr segment = index_.segments_.Find(number);
    if (segment == nullptr) continue;
    uint64_t end = segment->end.load();
    if (number == state_.position.segment) end = state_.position.offset;
    Store(rows::SegmentKey(number),
          rows::Encode(rows::SegmentState{
              .id = segment->header().id, .end = end, .live_bytes = segment->live_bytes.load()}));
  }
  Store(rows::StateKey(), rows::Encode(state_));
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  RETURN_IF_ERROR(FromRocksDb(index_.db_->Write(options, writes_.GetWriteBatch())));
  return state_;
}

absl::Status IndexUpdate::ApplyRecord(const BatchEntry& batch_entry, const Place& place,
                                      LogEntry* entry) {
  const Record& record = batch_entry.record;
  switch (KindOf(record)) {
    case RecordKind::kPut:
      return Put(std::get<PutRecord>(record), place, batch_entry.payload_size, entry);
    case RecordKind::kHintDone:
      return HintDone(std::get<HintDoneRecord>(record));
    case RecordKind::kTombstone:
      return Delete(std::get<TombstoneRecord>(record), place, entry);
    case RecordKind::kForget:
      return Forget(std::get<ForgetRecord>(record));
    case RecordKind::kQuarantine:
      return Quarantine(std::get<QuarantineRecord>(record), place);
    case RecordKind::kSessionMarks:
      return Marks(std::get<SessionMarksRecord>(record), place.segment);
    case RecordKind::kSessionClosed: {
      const auto& closed = std::get<SessionClosedRecord>(record);
      return SetFlag(rows::ClosedKey(closed.generation, closed.session), record, place.segment, 1);
    }
    case RecordKind::kEpoch:
      return Install(std::get<EpochRecord>(record), place.segment);
    case RecordKind::kGeneration:
      return SetFlag(rows::GenerationKey(), record, place.segment,
                     std::get<GenerationRecord>(record).generation.value);
    case RecordKind::kUncertain:
      state_.uncertain = std::get<UncertainRecord>(record).uncertain;
      return SetFlag(rows::UncertainKey(), record, place.segment, state_.uncertain ? 1 : 0);
    case RecordKind::kSeal:
    case RecordKind::kCommit:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status IndexUpdate::Put(const PutRecord& put, const Place& place, uint32_t size,
                              LogEntry* entry) {
  ASSIGN_OR_RETURN(const auto tombstone, Find(rows::TombstoneKey(put.id.version)));
  if (tombstone) {
    if (entry != nullptr) {
      entry->status = MakeError(
          absl::StatusCode::kFailedPrecondition, v1::VERSION_DELETED,
          absl::StrCat("version ", ToString(put.id.version), " was deleted; write a new version"));
    }
    return Outlive(put.id.version, *tombstone, place);
  }
  const std::string key = rows::ChunkKey(put.id);
  ASSIGN_OR_RETURN(const auto value, Find(key));
  if (value) {  // the last good copy wins
    const auto old = rows::DecodeChunk(*value);
    if (!old) return DamagedIndex("a chunk's row cannot be read");
    RETURN_IF_ERROR(Uncount(put.id, *old));
  }
  const rows::Chunk row{.place = place,
                        .size = size,
                        .crc32c = put.crc32c,
                        .hint_for = put.hint_for,
                        .block_crcs = put.block_crcs};
  Store(key, rows::Encode(row));
  Count(put.id, row);
  return absl::OkStatus();
}

absl::Status IndexUpdate::Delete(const TombstoneRecord& tombstone, const Place& place,
                                 LogEntry* entry) {
  const std::string prefix = rows::VersionChunksKey(tombstone.version);
  std::vector<std::pair<std::string, rows::Chunk>> doomed;
  {
    const std::unique_ptr<rocksdb::Iterator> at(
        writes_.NewIteratorWithBase(index_.db_->NewIterator(rocksdb::ReadOptions())));
    for (at->Seek(prefix); at->Valid() && at->key().starts_with(prefix); at->Next()) {
      const auto row = rows::DecodeChunk(absl::string_view(at->value().data(), at->value().size()));
      if (!row) return DamagedIndex("a chunk's row cannot be read");
      doomed.emplace_back(at->key().ToString(), *row);
    }
    RETURN_IF_ERROR(FromRocksDb(at->status()));
  }
  for (const auto& [key, row] : doomed) {
    RETURN_IF_ERROR(Uncount(rows::ParseChunkKey(key), row));
    RETURN_IF_ERROR(FromRocksDb(writes_.Delete(key)));
    if (entry == nullptr) continue;
    ++entry->deleted_chunks;
    entry->deleted_bytes += row.size;
  }
  rows::Tombstone row{.segment = place.segment,
                      .made_at = tombstone.made_at,
                      .made_position = tombstone.made_position};
  if (row.made_position == 0) row.made_position = PositionOf(place);
  TREBOL_CHECK(row.made_position != 0);
  for (const auto& [doomed_key, chunk] : doomed) {
    const uint64_t quarantine = PositionOf({.segment = chunk.quarantined_in});
    row.made_position = std::max({row.made_position, PositionOf(chunk.place), quarantine});
  }
  const std::string key = rows::TombstoneKey(tombstone.version);
  ASSIGN_OR_RETURN(const auto value, Find(key));
  if (value) {
    const auto old = rows::DecodeTombstone(*value);
    if (!old) return DamagedIndex("a tombstone's row cannot be read");
    AddLive(old->segment, -int64_t{EntrySize(tombstone, 0)});
    row.made_position = std::max(row.made_position, old->made_position);
  }
  Store(key, rows::Encode(row));
  AddLive(place.segment, EntrySize(tombstone, 0));
  return absl::OkStatus();
}

absl::Status IndexUpdate::Outlive(const VersionId& version, const std::string& tombstone,
                                  const Place& place) {
  auto row = rows::DecodeTombstone(tombstone);
  if (!row) return DamagedIndex("a tombstone's row cannot be read");
  const uint64_t position = PositionOf(place);
  if (position <= row->made_position) return absl::OkStatus();
  row->made_position = position;
  Store(rows::TombstoneKey(version), rows::Encode(*row));
  return absl::OkStatus();
}

uint64_t IndexUpdate::PositionOf(const Place& place) const {
  const SegmentPtr segment = index_.segments_.Find(place.segment);
  return segment == nullptr ? 0 : segment->header().start_position + place.offset;
}

absl::Status IndexUpdate::Quarantine(const QuarantineRecord& bad, const Place& at) {
  const uint64_t segment = at.segment;
  ASSIGN_OR_RETURN(const auto tombstone, Find(rows::TombstoneKey(bad.id.version)));
  if (tombstone) return Outlive(bad.id.version, *tombstone, at);
  const std::string key = rows::ChunkKey(bad.id);
  ASSIGN_OR_RETURN(const auto value, Find(key));
  rows::Chunk row{.place = bad.place};
  if (value) {
    const auto old = rows::DecodeChunk(*value);
    if (!old) return DamagedIndex("a chunk's row cannot be read");
    if (old->place != bad.place) return absl::OkStatus();  // a better copy came since
    row = *old;
    RETURN_IF_ERROR(Uncount(bad.id, *old));
  }
  row.quarantined_in = segment;
  Store(key, rows::Encode(row));
  AddLive(segment, EntrySize(bad, 0));
  ++state_.quarantined;
  if (value) quarantined_.push_back(bad.id);
  return absl::OkStatus();
}

absl::Status IndexUpdate::Forget(const ForgetRecord& forget) {
  const std::string key = rows::ChunkKey(forget.id);
  ASSIGN_OR_RETURN(const auto value, Find(key));
  if (!value) return absl::OkStatus();
  const auto row = rows::DecodeChunk(*value);
  if (!row) return DamagedIndex("a chunk's row cannot be read");
  if (row->place != forget.place) return absl::OkStatus();
  RETURN_IF_ERROR(Uncount(forget.id, *row));
  return FromRocksDb(writes_.Delete(key));
}

absl::Status IndexUpdate::HintDone(const HintDoneRecord& done) {
  const std::string key = rows::ChunkKey(done.id);
  ASSIGN_OR_RETURN(const auto value, Find(key));
  if (!value) return absl::OkStatus();
  auto row = rows::DecodeChunk(*value);
  if (!row) return DamagedIndex("a chunk's row cannot be read");
  row->hint_for = NodeId();
  Store(key, rows::Encode(*row));
  return absl::OkStatus();
}

absl::Status IndexUpdate::Marks(const SessionMarksRecord& record, uint64_t segment) {
  const std::string key = rows::SessionKey(record.marks.generation, record.marks.session);
  ASSIGN_OR_RETURN(const auto value, Find(key));
  rows::Session row{.segment = segment};
  if (value) {
    const auto old = rows::DecodeSession(*value);
    if (!old) return DamagedIndex("a session's row cannot be read");
    row.marks = old->marks;
    AddLive(old->segment, -int64_t{EntrySize(SessionMarksRecord{.marks = old->marks}, 0)});
  }
  row.marks = MergeMarks(row.marks, record.marks);
  Store(key, rows::Encode(row));
  AddLive(segment, EntrySize(SessionMarksRecord{.marks = row.marks}, 0));
  return absl::OkStatus();
}

absl::Status IndexUpdate::Install(const EpochRecord& record, uint64_t segment) {
  const std::string key = rows::EpochKey(record.epoch.partition);
  ASSIGN_OR_RETURN(const auto value, Find(key));
  if (value) {
    const auto old = rows::DecodeEpoch(*value);
    if (!old) return DamagedIndex("an epoch's row cannot be read");
    if (old->epoch.epoch > record.epoch.epoch) return absl::OkStatus();
    AddLive(old->segment, -int64_t{EntrySize(EpochRecord{.epoch = old->epoch}, 0)});
  }
  Store(key, rows::Encode(rows::InstalledEpochRow{.segment = segment, .epoch = record.epoch}));
  AddLive(segment, EntrySize(record, 0));
  return absl::OkStatus();
}

absl::Status IndexUpdate::SetFlag(const std::string& key, const Record& record, uint64_t segment,
                                  uint64_t value) {
  ASSIGN_OR_RETURN(const auto known, Find(key));
  if (known) {
    const auto old = rows::DecodeFlag(*known);
    if (!old) return DamagedIndex("a flag's row cannot be read");
    AddLive(old->segment, -int64_t{EntrySize(record, 0)});
  }
  Store(key, rows::Encode(rows::Flag{.segment = segment, .value = value}));
  AddLive(segment, EntrySize(record, 0));
  return absl::OkStatus();
}

void IndexUpdate::Count(const ChunkId& id, const rows::Chunk& row) {
  ++state_.chunks;
  state_.chunk_bytes += row.size;
  AddLive(row.place.segment, PutBytes(row.size));
  const uint64_t hash = PlacementHash(id);
  Store(rows::HashKey(hash, id), rows::EncodeSize(row.size));
  digest_changes_[DigestTable::BucketOf(hash)].Add(hash, row.size);
}

absl::Status IndexUpdate::Uncount(const ChunkId& id, const rows::Chunk& row) {
  if (row.quarantined()) {
    --state_.quarantined;
    AddLive(row.quarantined_in, -int64_t{EntrySize(QuarantineRecord(), 0)});
    return absl::OkStatus();
  }
  --state_.chunks;
  state_.chunk_bytes -= row.size;
  AddLive(row.place.segment, -PutBytes(row.size));
  const uint64_t hash = PlacementHash(id);
  digest_changes_[DigestTable::BucketOf(hash)].Subtract(hash, row.size);
  return FromRocksDb(writes_.Delete(rows::HashKey(hash, id)));
}

void IndexUpdate::AddLive(uint64_t number, int64_t bytes) {
  const SegmentPtr segment = index_.segments_.Find(number);
  if (segment == nullptr) return;  // the segment of an old record is gone
  segment->live_bytes.fetch_add(static_cast<uint64_t>(bytes));
  touched_.insert(number);
}

absl::StatusOr<std::optional<std::string>> IndexUpdate::Find(const std::string& key) {
  std::string value;
  const rocksdb::Status status =
      writes_.GetFromBatchAndDB(index_.db_.get(), rocksdb::ReadOptions(), key, &value);
  if (status.IsNotFound()) return std::nullopt;
  RETURN_IF_ERROR(FromRocksDb(status));
  return value;
}

void IndexUpdate::Store(const std::string& key, const std::string& value) {
  // Cannot fail: the batch is in memory and has no limit.
  writes_.Put(key, value).PermitUncheckedError();
}

}  // namespace trebol
