#include "storage-node/engine/segment_chunk_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "storage-node/engine/chunk_reader.h"
#include "storage-node/engine/recovery.h"
#include "storage-node/engine/session_marks.h"
#include "storage-node/engine/undecided_versions.h"

namespace trebol {
namespace {

absl::Status ChunkError(absl::StatusCode code, ErrorReason reason, const ChunkId& id,
                        absl::string_view text) {
  return MakeError(code, reason, absl::StrCat("chunk ", ToString(id), " ", text));
}

absl::Status SessionClosed(SessionId session) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, v1::SESSION_CLOSED,
      absl::StrCat("session ", ToString(session), " is closed; its gateway must open a new one"));
}

// Shares of the disk. What others can do as well stops first, and leaves room for clients.
constexpr double kRefuseHintsAt = 0.85;   // copies that stand in for others
constexpr double kRefuseCopiesAt = 0.90;  // that peers pass on: repair, moves
double LimitOf(const PutOptions& options) {
  if (options.hint_for != NodeId()) return kRefuseHintsAt;
  return options.from_peer ? kRefuseCopiesAt : kRefuseWritesAt;
}

}  // namespace

/// Makes later puts of the same chunks wait for these. All are taken at once, so that nobody holds
/// some and waits for others.
class SegmentChunkStore::InFlight {
 public:
  InFlight(SegmentChunkStore& store, absl::Span<const ChunkPut* const> puts)
      : store_(store), puts_(puts) {
    MutexLock lock(&store_.in_flight_mu_);
    const auto taken = [this](const ChunkPut* put) ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return store_.in_flight_.contains(put->id);
    };
    while (std::any_of(puts_.begin(), puts_.end(), taken)) {
      store_.in_flight_done_.Wait(&store_.in_flight_mu_);
    }
    for (const ChunkPut* put : puts_) store_.in_flight_.insert(put->id);
  }
  ~InFlight() {
    MutexLock lock(&store_.in_flight_mu_);
    for (const ChunkPut* put : puts_) store_.in_flight_.erase(put->id);
    store_.in_flight_done_.NotifyAll();
  }

 private:
  SegmentChunkStore& store_;
  const absl::Span<const ChunkPut* const> puts_;
};

std::vector<absl::StatusOr<PutResult>> SegmentChunkStore::PutMany(absl::Span<const ChunkPut> puts) {
  std::vector<absl::StatusOr<PutResult>> results(puts.size());
  std::vector<const ChunkPut*> left;
  for (const ChunkPut& put : puts) left.push_back(&put);
  while (!left.empty()) {  // more than once only if a chunk comes twice
    absl::flat_hash_set<ChunkId> seen;
    std::vector<const ChunkPut*> distinct, repeats;
    std::vector<absl::StatusOr<PutResult>*> theirs;
    for (const ChunkPut* put : left) {
      const bool first = seen.insert(put->id).second;
      (first ? distinct : repeats).push_back(put);
      if (first) theirs.push_back(&results[static_cast<size_t>(put - puts.data())]);
    }
    PutDistinct(distinct, theirs);
    left = std::move(repeats);
  }
  return results;
}

void SegmentChunkStore::PutDistinct(absl::Span<const ChunkPut* const> puts, PutResults results) {
  const InFlight in_flight(*this, puts);
  const DiskSpace space = SpaceNow();
  std::vector<LogEntry> entries;
  std::vector<absl::StatusOr<PutResult>*> appended;  // the results of the entries
  std::vector<bool> from_peer;                       // of the entries
  uint64_t bytes = 0;
  for (size_t i = 0; i < puts.size(); ++i) {
    const ChunkPut& put = *puts[i];
    commit_->RaiseLineage(put.options.lineage);
    const absl::StatusOr<bool> stored = FindStored(put);
    if (!stored.ok()) {
      *results[i] = stored.status();
    } else if (*stored) {
      *results[i] = PutResult::kAlreadyStored;
    } else if (const absl::Status fits =
                   CheckSpace(space, bytes + put.data.size(), LimitOf(put.options));
               !fits.ok()) {
      *results[i] = fits;
    } else {
      bytes += put.data.size();
      appended.push_back(results[i]);
      from_peer.push_back(put.options.from_peer);
      entries.push_back({.record = PutRecord{.id = put.id, .hint_for = put.options.hint_for},
                         .payload = put.data,
                         .expected_crc32c = put.crc32c});
    }
  }
  if (entries.empty()) return;
  const absl::Status status =
      commit_->Append(absl::MakeSpan(entries), [this, &entries, &from_peer] {
        MutexLock lock(&closed_mu_);
        for (size_t i = 0; i < entries.size(); ++i) {
          const VersionId& version = std::get<PutRecord>(entries[i].record).id.version;
          if (!from_peer[i] && closed_.contains({version.generation, version.session})) {
            entries[i].status = SessionClosed(version.session);
          }
        }
      });
  for (size_t i = 0; i < entries.size(); ++i) {
    if (!status.ok()) {
      *appended[i] = status;
    } else if (!entries[i].status.ok()) {
      *appended[i] = entries[i].status;
    } else {
      *appended[i] = PutResult::kStored;
    }
  }
}

absl::StatusOr<bool> SegmentChunkStore::FindStored(const ChunkPut& put) {
  const ChunkId& id = put.id;
  if (put.data.size() > kMaxChunkSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("a chunk of ", put.data.size(), " bytes; the limit is ", kMaxChunkSize));
  }
  if (const absl::Status failure = commit_->failure(); !failure.ok()) return failure;
  auto row = index_->FindChunk(id);
  if (!row.ok()) return NoteIndexError(row.status());
  if (*row && !(*row)->quarantined()) {
    if ((*row)->size == put.data.size() && (*row)->crc32c == put.crc32c) return true;
    return ChunkError(absl::StatusCode::kAlreadyExists, v1::CHUNK_CONFLICT, id,
                      "is stored with other bytes; ids must never be used twice");
  }
  auto tombstone = index_->FindTombstone(id.version);
  if (!tombstone.ok()) return NoteIndexError(tombstone.status());
  if (*tombstone) {
    return ChunkError(absl::StatusCode::kFailedPrecondition, v1::VERSION_DELETED, id,
                      "belongs to a version that was deleted; write a new version");
  }
  return false;
}

absl::Status SegmentChunkStore::Absent(const ChunkId& id) {
  auto tombstone = index_->FindTombstone(id.version);
  if (!tombstone.ok()) return NoteIndexError(tombstone.status());
  if (!*tombstone && index_->state().uncertain) {
    return ChunkError(absl::StatusCode::kUnavailable, v1::CHUNK_UNKNOWN, id,
                      "is not here, but this node may have lost it; ask the others");
  }
  return ChunkError(absl::StatusCode::kNotFound, v1::CHUNK_NOT_FOUND, id,
                    *tombstone ? "was deleted" : "is not on this node");
}

absl::StatusOr<ChunkData> SegmentChunkStore::Get(const ChunkId& id, uint64_t offset,
                                                 uint64_t length) {
  // Once more if compaction moved the chunk meanwhile, or if a read went wrong on the way.
  absl::Status error;
  std::optional<Place> bad;
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto row = index_->FindChunk(id);
    if (!row.ok()) return NoteIndexError(row.status());
    if (!*row) return Absent(id);
    const rows::Chunk& chunk = **row;
    if (chunk.quarantined()) {
      return ChunkError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT, id,
                        "failed its checksum and is quarantined; read another copy");
    }
    if (offset > chunk.size || length > chunk.size - offset) {
      return absl::OutOfRangeError(absl::StrCat("bytes ", offset, " to ", offset + length,
                                                " of a chunk of ", chunk.size, " bytes"));
    }
    const SegmentPtr segment = segments_.Find(chunk.place.segment);
    if (segment == nullptr) {
      error = absl::DataLossError("its segment is gone");
      bad.reset();
      continue;
    }
    auto data = ReadVerified(*segment, chunk, offset, length == 0 ? chunk.size - offset : length,
                             *read_buffers_);
    if (data.ok()) return data;
    error = data.status();
    bad.reset();
    if (absl::IsDataLoss(error)) bad = chunk.place;
  }
  if (!bad) {
    return ChunkError(absl::StatusCode::kUnavailable, v1::CHUNK_UNKNOWN, id,
                      absl::StrCat("cannot be read: ", error.message()));
  }
  if (Planted("engine.corrupt_is_absent")) return Absent(id);
  // Quarantined, so that no one has to find out again. If that cannot be recorded the answer is the
  // same.
  Quarantine(id, *bad).IgnoreError();
  return ChunkError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT, id,
                    absl::StrCat("is quarantined: ", error.message()));
}

absl::Status SegmentChunkStore::Quarantine(const ChunkId& id, const Place& place) {
  LogEntry entry{.record = QuarantineRecord{.id = id, .place = place}};
  return commit_->Append(absl::MakeSpan(&entry, 1));
}

absl::Status SegmentChunkStore::Scrub(const ChunkId& id) {
  const auto before = index_->FindChunk(id);
  if (!before.ok()) return NoteIndexError(before.status());
  const absl::Status read = Get(id, 0, 0).status();
  if (!*before || ReasonOf(read) != v1::CHUNK_UNKNOWN) return read;
  // The medium failed three times. Others have the chunk, and what is read again tomorrow may be
  // wrong: this copy is as good as lost.
  const auto row = index_->FindChunk(id);
  if (!row.ok()) return NoteIndexError(row.status());
  // One that compaction moved meanwhile is another copy.
  if (!*row || (*row)->quarantined() || (*row)->place != (*before)->place) return absl::OkStatus();
  RETURN_IF_ERROR(Quarantine(id, (*row)->place));
  return ChunkError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT, id,
                    absl::StrCat("is quarantined: ", read.message()));
}

std::optional<ChunkData> SegmentChunkStore::TryGet(const ChunkId& id, uint64_t offset,
                                                   uint64_t length) {
  const std::optional<rows::Chunk> chunk = index_->FindChunkCached(id);
  if (!chunk || chunk->quarantined() || offset > chunk->size || length > chunk->size - offset) {
    return std::nullopt;
  }
  const uint64_t bytes = length == 0 ? chunk->size - offset : length;
  if (bytes > kMostOfTryGet) return std::nullopt;
  const SegmentPtr segment = segments_.Find(chunk->place.segment);
  if (segment == nullptr) return std::nullopt;
  return ReadVerifiedCached(*segment, *chunk, offset, bytes, *read_buffers_);
}

absl::StatusOr<ChunkStat> SegmentChunkStore::Stat(const ChunkId& id) {
  auto row = index_->FindChunk(id);
  if (!row.ok()) return NoteIndexError(row.status());
  if (*row) {
    const rows::Chunk& chunk = **row;
    if (chunk.quarantined()) return ChunkStat{.state = ChunkState::kCorrupt};
    absl::Time verified = scrubber_->VerifiedSince(chunk.place);
    if (const SegmentPtr segment = segments_.Find(chunk.place.segment)) {
      verified = std::max(verified, segment->begun);
    }
    return ChunkStat{.state = ChunkState::kPresent,
                     .size = chunk.size,
                     .crc32c = chunk.crc32c,
                     .hint_for = chunk.hint_for,
                     .verified_since = verified};
  }
  auto tombstone = index_->FindTombstone(id.version);
  if (!tombstone.ok()) return NoteIndexError(tombstone.status());
  if (*tombstone) return ChunkStat{.state = ChunkState::kDeleted};
  return ChunkStat{.state = index_->state().uncertain ? ChunkState::kUnknown : ChunkState::kAbsent};
}

absl::StatusOr<DeleteResult> SegmentChunkStore::DeleteVersions(
    absl::Span<const VersionId> versions) {
  constexpr size_t kAtOnce = 1024;
  DeleteResult result;
  for (; !versions.empty(); versions.remove_prefix(std::min(kAtOnce, versions.size()))) {
    std::vector<LogEntry> entries;
    for (const VersionId& version : versions.subspan(0, kAtOnce)) {
      auto known = index_->FindTombstone(version);
      if (!known.ok()) return NoteIndexError(known.status());
      if (*known) continue;
      entries.push_back(
          {.record = TombstoneRecord{.version = version, .made_at = options_.clock->WallTime()}});
    }
    if (entries.empty()) continue;
    RETURN_IF_ERROR(commit_->Append(absl::MakeSpan(entries)));
    for (const LogEntry& entry : entries) {
      result.chunks += entry.deleted_chunks;
      result.bytes += entry.deleted_bytes;
    }
  }
  return result;
}

absl::Status SegmentChunkStore::RecordSession(const SessionMarks& marks,
                                              const LogLineage& lineage) {
  commit_->RaiseLineage(lineage);
  inventory_->Heard(marks.generation, marks.session);
  auto known = index_->FindSession(marks.generation, marks.session);
  if (!known.ok()) return NoteIndexError(known.status());
  const SessionMarks before = *known ? (*known)->marks : SessionMarks();
  const SessionMarks merged = MergeMarks(before, marks);
  if (*known && merged == before) return absl::OkStatus();
  return AppendAll({LogEntry{.record = SessionMarksRecord{.marks = merged}}});
}

absl::Status SegmentChunkStore::CloseSession(Generation generation, SessionId session) {
  auto known = index_->FindClosed(generation, session);
  if (!known.ok()) return NoteIndexError(known.status());
  if (*known) return absl::OkStatus();
  LogEntry entry{.record = SessionClosedRecord{.generation = generation, .session = session}};
  return commit_->Append(absl::MakeSpan(&entry, 1), [&] {
    MutexLock lock(&closed_mu_);
    closed_.insert({generation, session});
  });
}

absl::Status SegmentChunkStore::InstallEpochs(absl::Span<const InstalledEpoch> epochs) {
  constexpr size_t kAtOnce = 512;  // keeps one batch header small
  std::vector<LogEntry> entries;
  for (const InstalledEpoch& epoch : epochs) {
    auto known = index_->FindEpoch(epoch.partition);
    if (!known.ok()) return NoteIndexError(known.status());
    if (*known && (*known)->epoch.epoch >= epoch.epoch) continue;
    entries.push_back({.record = EpochRecord{.epoch = epoch}});
    if (entries.size() < kAtOnce) continue;
    RETURN_IF_ERROR(AppendAll(std::exchange(entries, {})));
  }
  return AppendAll(std::move(entries));
}

absl::Status SegmentChunkStore::AppendAll(std::vector<LogEntry> entries) {
  if (entries.empty()) return absl::OkStatus();
  return commit_->Append(absl::MakeSpan(entries));
}

absl::StatusOr<std::vector<HeldVersion>> SegmentChunkStore::UndecidedVersions(
    Generation generation, SessionId session, uint64_t after_sequence, size_t limit) {
  auto found = FindUndecidedVersions(*index_, generation, session, after_sequence, limit);
  if (!found.ok()) return NoteIndexError(found.status());
  return found;
}

absl::StatusOr<std::vector<InstalledEpoch>> SegmentChunkStore::Epochs() {
  std::vector<InstalledEpoch> epochs;
  bool damaged = false;
  const std::string prefix(1, rows::kEpochPrefix);
  const absl::Status visited =
      index_->Visit(prefix, prefix, [&](absl::string_view, absl::string_view value) {
        auto row = rows::DecodeEpoch(value);
        damaged = !row;
        if (row) epochs.push_back(std::move(row->epoch));
        return !damaged;
      });
  if (!visited.ok()) return NoteIndexError(visited);
  if (damaged) return NoteIndexError(DamagedIndex("an epoch's row cannot be read"));
  return epochs;
}

absl::StatusOr<std::vector<SessionMarks>> SegmentChunkStore::OpenSessions() {
  std::vector<SessionMarks> sessions;
  bool damaged = false;
  const std::string prefix(1, rows::kSessionPrefix);
  const absl::Status visited =
      index_->Visit(prefix, prefix, [&](absl::string_view, absl::string_view value) {
        auto row = rows::DecodeSession(value);
        damaged = !row;
        if (row && !IsSessionClosed(row->marks.generation, row->marks.session)) {
          sessions.push_back(std::move(row->marks));
        }
        return !damaged;
      });
  if (!visited.ok()) return NoteIndexError(visited);
  if (damaged) return NoteIndexError(DamagedIndex("a session's row cannot be read"));
  return sessions;
}

bool SegmentChunkStore::IsSessionClosed(Generation generation, SessionId session) {
  MutexLock lock(&closed_mu_);
  return closed_.contains({generation, session});
}

std::vector<std::pair<Generation, SessionId>> SegmentChunkStore::ClosedSessions() {
  MutexLock lock(&closed_mu_);
  return {closed_.begin(), closed_.end()};
}

Superblock::Identity SegmentChunkStore::identity() const {
  MutexLock lock(&superblock_mu_);
  return superblock_->identity();
}

absl::Status SegmentChunkStore::AdoptCluster(const std::string& cluster_id, Generation generation) {
  MutexLock lock(&superblock_mu_);
  return superblock_->AdoptCluster(cluster_id, generation);
}

DiskSpace SegmentChunkStore::SpaceNow() {
  const auto disk = options_.files->Space(options_.directory);
  if (options_.capacity_bytes == 0) return disk.value_or(DiskSpace());
  uint64_t used = 0;
  for (const SegmentPtr& segment : segments_.All()) used += segment->end.load();
  uint64_t capacity = options_.capacity_bytes;
  uint64_t free = capacity - std::min(capacity, used);
  if (disk.ok()) {  // what the operator grants may be more than there is
    capacity = std::min(capacity, disk->capacity_bytes);
    free = std::min(free, disk->free_bytes);
  }
  return {.capacity_bytes = capacity, .free_bytes = std::min(free, capacity)};
}

absl::Status SegmentChunkStore::CheckSpace(const DiskSpace& space, uint64_t bytes,
                                           double share) const {
  if (Planted("engine.no_watermarks")) return absl::OkStatus();
  if (space.capacity_bytes == 0) return absl::OkStatus();  // not known now; the write will tell
  const auto full = static_cast<uint64_t>(share * static_cast<double>(space.capacity_bytes));
  if (space.capacity_bytes - space.free_bytes + bytes <= full) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kResourceExhausted, v1::DISK_FULL,
      absl::StrCat(options_.directory, " is ", 100 * share, " % full (", space.free_bytes,
                   " bytes free of ", space.capacity_bytes, "); add a node or delete objects"));
}

StoreStatistics SegmentChunkStore::Statistics() {
  StoreStatistics statistics;
  const rows::State state = index_->state();
  statistics.chunks = state.chunks;
  statistics.chunk_bytes = state.chunk_bytes;
  statistics.quarantined_chunks = state.quarantined;
  statistics.uncertain = state.uncertain;
  for (const SegmentPtr& segment : segments_.All()) {
    const uint64_t end = segment->end.load();
    const uint64_t live = segment->live_bytes.load();
    statistics.disk_bytes += end;
    statistics.dead_bytes += end - kSegmentHeaderSize - std::min(end - kSegmentHeaderSize, live);
    statistics.synced_position = segment->header().start_position + end;
  }
  const DiskSpace space = SpaceNow();
  statistics.capacity_bytes = space.capacity_bytes;
  statistics.free_bytes = space.free_bytes;
  statistics.incarnation = identity().incarnation;
  statistics.lineage = commit_->lineage();
  statistics.write_latency = commit_->write_latency();
  statistics.failed = !commit_->failure().ok();
  statistics.writes_refused = !CheckSpace(space, kDefaultChunkSize, kRefuseWritesAt).ok();
  return statistics;
}

absl::Status SegmentChunkStore::CompactOnce(bool* did_work) {
  const absl::Status status = compactor_->CompactOnce(did_work);
  return absl::IsDataLoss(status) ? NoteIndexError(status) : status;
}

absl::Status SegmentChunkStore::NoteIndexError(absl::Status status) {
  if (absl::IsDataLoss(status)) {
    ReplaceFile(*options_.files, options_.directory, kRebuildMarker, "").IgnoreError();
  }
  return MakeError(absl::StatusCode::kUnavailable, v1::STORE_FAILED, status.message());
}

}  // namespace trebol
