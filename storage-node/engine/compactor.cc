#include "storage-node/engine/compactor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/endian.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "storage-node/engine/chunk_reader.h"

namespace trebol {
namespace {

// How much is read and queued at a time: little enough to let writers in between.
constexpr uint64_t kRelogBytes = 4 * kMiB;
constexpr size_t kRelogRecords = 1024;
constexpr uint64_t kRelogHeader = kMaxBatchHeaderSize / 2;
// Restarts leave short segments behind; this many are worth being merged.
constexpr size_t kManySmallSegments = 4;

// The key of the row that a record makes, or nothing for those that make none of their own.
std::optional<std::string> KeyOf(const Record& record) {
  switch (KindOf(record)) {
    case RecordKind::kPut:
      return rows::ChunkKey(std::get<PutRecord>(record).id);
    case RecordKind::kQuarantine:
      return rows::ChunkKey(std::get<QuarantineRecord>(record).id);
    case RecordKind::kTombstone:
      return rows::TombstoneKey(std::get<TombstoneRecord>(record).version);
    case RecordKind::kSessionMarks: {
      const SessionMarks& marks = std::get<SessionMarksRecord>(record).marks;
      return rows::SessionKey(marks.generation, marks.session);
    }
    case RecordKind::kSessionClosed: {
      const auto& closed = std::get<SessionClosedRecord>(record);
      return rows::ClosedKey(closed.generation, closed.session);
    }
    case RecordKind::kEpoch:
      return rows::EpochKey(std::get<EpochRecord>(record).epoch.partition);
    case RecordKind::kGeneration:
      return rows::GenerationKey();
    case RecordKind::kUncertain:
      return rows::UncertainKey();
    case RecordKind::kHintDone:
    case RecordKind::kForget:
    case RecordKind::kSeal:
    case RecordKind::kCommit:
      return std::nullopt;
  }
  return std::nullopt;
}

constexpr int kReadsAgain = 2;  // as often as a reader tries before a copy counts as bad

}  // namespace

absl::Status Compactor::CompactOnce(bool* did_work) {
  *did_work = false;
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(commit_.failure());
  const SegmentPtr segment = Choose();
  if (segment == nullptr) return absl::OkStatus();
  const absl::Status compacted = Compact(segment);
  *did_work = compacted.ok();
  // A full disk is nothing that another segment would change.
  if (!compacted.ok() && ReasonOf(compacted) != v1::DISK_FULL) {
    failed_at_[segment->header().number] = options_.clock->Now();
  }
  return compacted;
}

SegmentPtr Compactor::Choose() {
  const Instant now = options_.clock->Now();
  std::erase_if(failed_at_, [&](const auto& f) { return now - f.second >= kRetryAfter; });
  std::vector<SegmentPtr> sealed = segments_.All();
  sealed.pop_back();  // the newest is still written
  SegmentPtr best;
  double best_share = options_.compact_below;
  std::vector<SegmentPtr> small;
  for (const SegmentPtr& segment : sealed) {
    if (failed_at_.contains(segment->header().number)) continue;
    if (segment->damaged.load()) return segment;
    const double size = static_cast<double>(segment->end.load() - kSegmentHeaderSize);
    const double share = size == 0 ? 0 : static_cast<double>(segment->live_bytes.load()) / size;
    if (segment->end.load() < options_.segment_size / 8) small.push_back(segment);
    if (share >= best_share) continue;
    best_share = share;
    best = segment;
  }
  if (best == nullptr && small.size() >= kManySmallSegments) best = small.front();
  return best;
}

absl::Status Compactor::Compact(const SegmentPtr& segment) {
  std::vector<VersionId> expired;
  ASSIGN_OR_RETURN(const SegmentScan scan,
                   ScanSegment(*segment, kSegmentHeaderSize, segment->end.load()));
  RETURN_IF_ERROR(Relog(*segment, KeysFromLog(scan), &expired));
  RETURN_IF_ERROR(RelogForgets(scan));
  const auto left = [&] {
    return segment->live_bytes.load() - expired.size() * EntrySize(TombstoneRecord(), 0);
  };
  if (left() != 0) {
    // A header rotted away; what it described is still good, and the index still knows it.
    expired.clear();
    ASSIGN_OR_RETURN(const std::set<std::string> all_keys, KeysFromIndex());
    RETURN_IF_ERROR(Relog(*segment, all_keys, &expired));
  }
  if (left() != 0) {
    return absl::InternalError(
        absl::StrCat(segment->path(), " still has ", left(), " live bytes after all was copied"));
  }
  const uint64_t number = segment->header().number;
  segments_.Remove(number);
  RETURN_IF_ERROR(index_.DropSegment(segment, expired));
  RETURN_IF_ERROR(options_.files->Remove(segment->path()));
  // A file that came back after a loss of power would bring deleted versions with it.
  const std::string path = segment->path();
  RETURN_IF_ERROR(options_.files->SyncDirectory(path.substr(0, path.rfind('/'))));
  return index_.ForgetSegment(number);
}

std::set<std::string> Compactor::KeysFromLog(const SegmentScan& scan) {
  std::set<std::string> keys;
  for (const Batch& batch : scan.batches) {
    for (const BatchEntry& entry : batch.entries) {
      if (auto key = KeyOf(entry.record)) keys.insert(*std::move(key));
    }
  }
  return keys;
}

absl::Status Compactor::RelogForgets(const SegmentScan& scan) {
  std::vector<LogEntry> entries;
  for (const Batch& batch : scan.batches) {
    for (const BatchEntry& entry : batch.entries) {
      const auto* forget = std::get_if<ForgetRecord>(&entry.record);
      if (forget == nullptr || segments_.Find(forget->place.segment) == nullptr) continue;
      entries.push_back({.record = *forget});
      if (entries.size() < kRelogRecords) continue;
      RETURN_IF_ERROR(commit_.Append(absl::MakeSpan(entries)));
      entries.clear();
    }
  }
  if (entries.empty()) return absl::OkStatus();
  return commit_.Append(absl::MakeSpan(entries));
}

absl::StatusOr<std::set<std::string>> Compactor::KeysFromIndex() {
  std::set<std::string> keys;
  for (const std::string& prefix :
       {std::string(1, rows::kChunkPrefix), std::string(1, rows::kTombstonePrefix),
        std::string(1, rows::kSessionPrefix), std::string(1, rows::kClosedPrefix),
        std::string(1, rows::kEpochPrefix), rows::GenerationKey(), rows::UncertainKey()}) {
    RETURN_IF_ERROR(index_.Visit(prefix, prefix, [&](absl::string_view key, absl::string_view) {
      keys.insert(std::string(key));
      return true;
    }));
  }
  return keys;
}

absl::Status Compactor::Relog(Segment& segment, const std::set<std::string>& keys,
                              std::vector<VersionId>* expired) {
  std::vector<LogEntry> entries;
  uint64_t bytes = 0;
  uint64_t header = 0;
  for (const std::string& key : keys) {
    ASSIGN_OR_RETURN(std::optional<LogEntry> entry, EntryFor(segment, key, expired));
    if (!entry) continue;
    const uint64_t size = entry->payload.size();
    const uint64_t entry_size = EntrySize(entry->record, static_cast<uint32_t>(size));
    if (!entries.empty() && (bytes >= kRelogBytes || entries.size() >= kRelogRecords ||
                             header + entry_size > kRelogHeader)) {
      RETURN_IF_ERROR(commit_.Append(absl::MakeSpan(entries)));
      entries.clear();
      bytes = header = 0;
    }
    bytes += size;
    header += entry_size;
    entries.push_back(*std::move(entry));
  }
  if (entries.empty()) return absl::OkStatus();
  return commit_.Append(absl::MakeSpan(entries));
}

absl::StatusOr<std::optional<LogEntry>> Compactor::EntryFor(Segment& segment,
                                                            const std::string& key,
                                                            std::vector<VersionId>* expired) {
  switch (key[0]) {
    case rows::kChunkPrefix:
      return ChunkEntry(segment, key);
    case rows::kTombstonePrefix:
      return TombstoneEntry(segment, key, expired);
    default:
      return SessionEntry(segment, key);
  }
}

absl::StatusOr<std::optional<LogEntry>> Compactor::ChunkEntry(Segment& segment,
                                                              const std::string& key) {
  const uint64_t number = segment.header().number;
  const ChunkId id = rows::ParseChunkKey(key);
  ASSIGN_OR_RETURN(const auto row, index_.FindChunk(id));
  if (!row) return std::nullopt;
  const LogEntry quarantine{.record = QuarantineRecord{.id = id, .place = row->place}};
  if (row->quarantined()) {
    if (row->quarantined_in != number) return std::nullopt;
    return quarantine;
  }
  if (row->place.segment != number) return std::nullopt;
  auto data = ReadVerified(segment, *row, 0, row->size, buffers_);
  for (int again = 0; again < kReadsAgain && absl::IsDataLoss(data.status()); ++again) {
    data =
        ReadVerified(segment, *row, 0, row->size, buffers_);  // it may have gone wrong on the way
  }
  if (absl::IsDataLoss(data.status())) return quarantine;  // a bad copy must not become a good one
  RETURN_IF_ERROR(data.status());
  return LogEntry{.record = PutRecord{.id = id, .hint_for = row->hint_for},
                  .payload = std::move(data->data),
                  .expected_crc32c = row->crc32c};
}

absl::StatusOr<std::optional<LogEntry>> Compactor::TombstoneEntry(Segment& segment,
                                                                  const std::string& key,
                                                                  std::vector<VersionId>* expired) {
  const VersionId version = DecodeVersionId(absl::string_view(key).substr(1));
  ASSIGN_OR_RETURN(const auto row, index_.FindTombstone(version));
  if (!row || row->segment != segment.header().number) return std::nullopt;
  // It must outlive every record of its version, and none is behind this position.
  bool older_records = false;
  for (const SegmentPtr& other : segments_.All()) {
    if (other->header().number == segment.header().number) continue;
    older_records |= other->header().start_position <= row->made_position;
  }
  const bool old = options_.clock->WallTime() - row->made_at >= kTombstoneLife;
  if ((!older_records && old) || Planted("engine.drops_tombstones_early")) {
    expired->push_back(version);
    return std::nullopt;
  }
  return LogEntry{.record = TombstoneRecord{.version = version,
                                            .made_at = row->made_at,
                                            .made_position = row->made_position}};
}

absl::StatusOr<std::optional<LogEntry>> Compactor::SessionEntry(Segment& segment,
                                                                const std::string& key) {
  const uint64_t number = segment.header().number;
  std::optional<LogEntry> entry;
  absl::Status damaged;
  RETURN_IF_ERROR(index_.Visit(key, key, [&](absl::string_view, absl::string_view value) {
    if (key[0] == rows::kSessionPrefix) {
      const auto row = rows::DecodeSession(value);
      if (row && row->segment == number) {
        entry = LogEntry{.record = SessionMarksRecord{.marks = row->marks}};
      }
    } else if (key[0] == rows::kEpochPrefix) {
      const auto row = rows::DecodeEpoch(value);
      if (row && row->segment == number)
        entry = LogEntry{.record = EpochRecord{.epoch = row->epoch}};
    } else {
      const auto row = rows::DecodeFlag(value);
      if (!row || row->segment != number) return false;
      if (key == rows::GenerationKey()) {
        entry = LogEntry{.record = GenerationRecord{.generation = Generation(row->value)}};
      } else if (key == rows::UncertainKey()) {
        entry = LogEntry{.record = UncertainRecord{.uncertain = row->value != 0}};
      } else {
        entry = LogEntry{
            .record = SessionClosedRecord{.generation = Generation(LoadBigEndian64(key.data() + 1)),
                                          .session = SessionId(LoadBigEndian64(key.data() + 9))}};
      }
    }
    return false;
  }));
  return entry;
}

}  // namespace trebol
