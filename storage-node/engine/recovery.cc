#include "storage-node/engine/recovery.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol {

std::string SegmentDirectory(const std::string& data_directory) {
  return data_directory + "/segments";
}
std::string IndexDirectory(const std::string& data_directory) { return data_directory + "/index"; }

absl::StatusOr<std::unique_ptr<ChunkIndex>> Recovery::Run() {
  directory_ = SegmentDirectory(options_.directory);
  RETURN_IF_ERROR(FindSegments());
  ASSIGN_OR_RETURN(std::unique_ptr<ChunkIndex> index, OpenIndex());
  RETURN_IF_ERROR(Replay(*index));
  RETURN_IF_ERROR(BeginSegment(*index));
  RETURN_IF_ERROR(ForgetLoss());
  RETURN_IF_ERROR(KeepHeadless());
  RETURN_IF_ERROR(CutTail());
  report_.became_uncertain = data_lost_;
  return index;
}

absl::Status Recovery::FindSegments() {
  FileSystem& files = *options_.files;
  RETURN_IF_ERROR(files.CreateDirectories(directory_));
  RETURN_IF_ERROR(files.SyncDirectory(options_.directory));
  ASSIGN_OR_RETURN(const std::vector<std::string> beside, files.List(options_.directory));
  data_lost_ = std::find(beside.begin(), beside.end(), kLossMarker) != beside.end();
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(directory_));
  for (const std::string& name : names) {
    if (absl::EndsWith(name, kTemporarySuffix)) {  // never began to count
      RETURN_IF_ERROR(files.Remove(directory_ + "/" + name));
      continue;
    }
    if (const auto number = ParseSegmentFileName(name)) RETURN_IF_ERROR(AddSegment(name, *number));
  }
  return absl::OkStatus();
}

absl::Status Recovery::AddSegment(const std::string& name, uint64_t number) {
  const std::string path = directory_ + "/" + name;
  highest_number_ = std::max(highest_number_, number);
  std::string bytes(kSegmentHeaderSize, '\0');
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, options_.files->Open(path, FileSystem::Mode::kRead));
  for (uint64_t copy = 0; copy < bytes.size(); copy += kDirectAlignment) {
    // Each by itself: a sector that cannot be read costs one copy, like one that rotted.
    file->Read(copy, bytes.data() + copy, kDirectAlignment).IgnoreError();
  }
  ASSIGN_OR_RETURN(const auto header, DecodeSegmentHeader(bytes, path));
  if (!header || header->number != number) {
    // Both copies of the header are gone, so nothing in the file can be proven.
    headless_.push_back(path);
    return NoteDamage();
  }
  if (header->disk != disk_) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " belongs to disk ", ToString(header->disk), ", the superblock beside it to disk ",
        ToString(disk_), "; the directory was put together from two nodes' files"));
  }
  ASSIGN_OR_RETURN(sizes_[number], file->Size());
  segments_.Add(std::make_shared<Segment>(*options_.files, path, *header));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ChunkIndex>> Recovery::OpenIndex() {
  const ChunkIndex::Options index_options{
      .directory = IndexDirectory(options_.directory), .env = options_.index_env, .disk = disk_};
  FileSystem& files = *options_.files;
  RETURN_IF_ERROR(files.CreateDirectories(index_options.directory));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(options_.directory));
  const bool marked = std::find(names.begin(), names.end(), kRebuildMarker) != names.end();
  absl::Status doubt;
  if (marked) {
    doubt = absl::DataLossError("a rebuild was asked for");
  } else {
    auto index = ChunkIndex::Open(index_options, segments_);
    bool segment_lost = false;
    doubt = index.ok() ? CheckIndex(**index, &segment_lost) : index.status();
    // Without the index nothing says any more that there was something.
    if (segment_lost) RETURN_IF_ERROR(NoteDamage());
    if (doubt.ok()) {
      RETURN_IF_ERROR(FinishDrops(**index));
      return index;
    }
  }
  report_.index_rebuilt = true;
  report_.rebuild_reason = std::string(doubt.message());
  RETURN_IF_ERROR(RemoveIndex());
  for (const SegmentPtr& segment : segments_.All()) segment->live_bytes.store(0);
  ASSIGN_OR_RETURN(std::unique_ptr<ChunkIndex> index, ChunkIndex::Open(index_options, segments_));
  if (marked) RETURN_IF_ERROR(files.Remove(absl::StrCat(options_.directory, "/", kRebuildMarker)));
  return index;
}

// Whatever the index says must be there in the log: segments are never changed, only added and
// dropped.
absl::Status Recovery::CheckIndex(ChunkIndex& index, bool* segment_lost) {
  const rows::State state = index.state();
  const std::string prefix(1, rows::kSegmentPrefix);
  uint64_t known = 0;  // segments up to the position that have a row
  absl::Status doubt;
  RETURN_IF_ERROR(index.Visit(prefix, prefix, [&](absl::string_view key, absl::string_view value) {
    const uint64_t number = rows::ParseSegmentKey(key);
    const auto row = rows::DecodeSegment(value);
    const SegmentPtr segment = segments_.Find(number);
    if (!row) {
      doubt = DamagedIndex("a segment's row cannot be read");
    } else if (segment != nullptr && segment->header().id != row->id) {
      doubt = DamagedIndex(absl::StrCat("it knows another segment ", number));
      *segment_lost = !row->dropped;
    } else if (row->dropped) {
      if (segment != nullptr) ++known;
    } else if (segment == nullptr) {
      doubt = DamagedIndex(absl::StrCat("it knows segment ", number, ", which is not there"));
      *segment_lost = true;
    } else {
      if (sizes_[number] < row->end) {
        doubt = DamagedIndex(absl::StrCat("segment ", number, " is shorter than it was"));
        *segment_lost = true;
      }
      segment->end.store(row->end);
      segment->live_bytes.store(row->live_bytes);
      ++known;
    }
    return doubt.ok();
  }));
  RETURN_IF_ERROR(doubt);
  uint64_t present = 0;
  for (const SegmentPtr& segment : segments_.All()) {
    if (segment->header().number <= state.position.segment) ++present;
  }
  if (present != known) return DamagedIndex("there are segments that it does not know");
  return absl::OkStatus();
}

// A crash may have come between the decision to drop a segment and the removal of its file.
absl::Status Recovery::FinishDrops(ChunkIndex& index) {
  const std::string prefix(1, rows::kSegmentPrefix);
  std::vector<uint64_t> dropped;
  RETURN_IF_ERROR(index.Visit(prefix, prefix, [&](absl::string_view key, absl::string_view value) {
    const auto row = rows::DecodeSegment(value);
    if (row && row->dropped) dropped.push_back(rows::ParseSegmentKey(key));
    return true;
  }));
  for (uint64_t number : dropped) {
    const SegmentPtr segment = segments_.Find(number);
    if (segment != nullptr) RETURN_IF_ERROR(options_.files->Remove(segment->path()));
    RETURN_IF_ERROR(options_.files->SyncDirectory(directory_));
    segments_.Remove(number);
    RETURN_IF_ERROR(index.ForgetSegment(number));
  }
  return absl::OkStatus();
}

absl::Status Recovery::RemoveIndex() {
  FileSystem& files = *options_.files;
  const std::string directory = IndexDirectory(options_.directory);
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(directory));
  for (const std::string& name : names) RETURN_IF_ERROR(files.Remove(directory + "/" + name));
  return files.SyncDirectory(directory);
}

absl::Status Recovery::Replay(ChunkIndex& index) {
  const Place position = index.state().position;
  const std::vector<SegmentPtr> all = segments_.All();
  const bool skip = Planted("engine.trust_index_over_log") && !report_.index_rebuilt;
  for (size_t i = 0; i < all.size(); ++i) {
    const SegmentPtr& segment = all[i];
    const uint64_t number = segment->header().number;
    const bool is_last = i + 1 == all.size();
    const uint64_t size = sizes_[number];
    uint64_t limit = size;
    if (!is_last && all[i + 1]->header().predecessor == number) {
      limit = all[i + 1]->header().predecessor_end;
    }
    const uint64_t from = number == position.segment ? position.offset : kSegmentHeaderSize;
    if (is_last) {
      segment->end.store(size);
      last_ = segment;
      last_end_ = size;
      if (!skip) RETURN_IF_ERROR(ReplayLast(index, segment, std::min(from, size)));
    } else if (number >= position.segment) {
      segment->end.store(limit);
      if (!skip) RETURN_IF_ERROR(ReplaySealed(index, segment, from));
    }
    segment->Close();
  }
  return absl::OkStatus();
}

absl::Status Recovery::ReplaySealed(ChunkIndex& index, const SegmentPtr& segment, uint64_t from) {
  // The successor exists, so all of this was flushed before.
  ASSIGN_OR_RETURN(const SegmentScan scan, ScanSegment(*segment, from, segment->end.load()));
  for (size_t i = 0; i < scan.bad.size(); ++i) RETURN_IF_ERROR(NoteDamage());
  for (const Batch& batch : scan.batches) {
    RETURN_IF_ERROR(index.ApplyBatch(segment, batch, {}));
    ++report_.replayed_batches;
  }
  return absl::OkStatus();
}

absl::Status Recovery::ReplayLast(ChunkIndex& index, const SegmentPtr& segment, uint64_t from) {
  ASSIGN_OR_RETURN(const SegmentScan scan, ScanSegment(*segment, from, segment->end.load()));
  uint64_t mark = from;  // what the index knows was flushed
  for (const Batch& batch : scan.batches) mark = std::max(mark, batch.synced_offset);
  for (const BadStretch& stretch : scan.bad) {
    if (stretch.from < mark) {
      RETURN_IF_ERROR(NoteDamage());
    } else if (stretch.unreadable || !stretch.all_zero) {
      RETURN_IF_ERROR(NoteLoss());
    }
  }
  LogLineage known = index.state().lineage;
  for (const Batch& batch : scan.batches) {
    if (batch.offset + batch.size <= mark) {
      RETURN_IF_ERROR(index.ApplyBatch(segment, batch, {}));
      ++report_.replayed_batches;
    } else {
      RETURN_IF_ERROR(Salvage(*segment, batch, known));
    }
    known = std::max(known, batch.lineage);
  }
  segment->end.store(mark);
  last_end_ = mark;
  return absl::OkStatus();
}

absl::Status Recovery::NoteDamage() {
  ++report_.damaged_stretches;
  return NoteLoss();
}

absl::Status Recovery::NoteLoss() {
  if (Planted("engine.loss_is_absence")) return absl::OkStatus();
  if (std::exchange(data_lost_, true)) return absl::OkStatus();
  return ReplaceFile(*options_.files, options_.directory, kLossMarker, "");
}

// The first record of the new segment says it now.
absl::Status Recovery::ForgetLoss() {
  if (!data_lost_) return absl::OkStatus();
  RETURN_IF_ERROR(options_.files->Remove(absl::StrCat(options_.directory, "/", kLossMarker)));
  return options_.files->SyncDirectory(options_.directory);
}

// For people. Only now, because as long as they are found no other segment takes their numbers.
absl::Status Recovery::KeepHeadless() {
  for (const std::string& path : headless_) {
    RETURN_IF_ERROR(options_.files->Rename(path, path + ".bad"));
  }
  return absl::OkStatus();
}

absl::Status Recovery::Salvage(Segment& segment, const Batch& batch, const LogLineage& known) {
  Survivors survivors{.lineage = batch.lineage};
  for (const BatchEntry& entry : batch.entries) {
    if (std::holds_alternative<SealRecord>(entry.record)) continue;
    LogEntry kept{.record = entry.record};
    if (const auto* put = std::get_if<PutRecord>(&entry.record)) {
      std::string payload(entry.payload_size, '\0');
      const auto got =
          segment.Read(batch.offset + entry.payload_offset, payload.data(), payload.size());
      const bool whole = got.ok() && *got == payload.size() && Crc32c(payload) == put->crc32c;
      if (!whole && !Planted("engine.torn_record_is_kept")) {
        ++report_.dropped_records;
        RETURN_IF_ERROR(NoteLoss());
        continue;
      }
      kept.payload = Bytes(std::move(payload));
    }
    survivors.entries.push_back(std::move(kept));
    ++report_.rewritten_records;
  }
  // An idle node logs what it learns of the metadata log with a seal, and the last batch is always
  // beyond the mark.
  if (survivors.entries.empty() && batch.lineage > known) {
    survivors.entries.push_back(LogEntry{.record = SealRecord()});
  }
  if (!survivors.entries.empty()) survivors_.push_back(std::move(survivors));
  return absl::OkStatus();
}

absl::Status Recovery::BeginSegment(ChunkIndex& index) {
  if (data_lost_) {
    survivors_.insert(survivors_.begin(), Survivors());
    survivors_.front().entries.push_back(LogEntry{.record = UncertainRecord{.uncertain = true}});
  }
  ASSIGN_OR_RETURN(std::unique_ptr<SegmentWriter> writer,
                   log_.NewSegment(highest_number_ + 1, last_.get(), last_end_));
  const SegmentPtr segment = writer->segment();
  std::vector<Batch> batches;
  BatchBuilder builder;
  for (Survivors& survivors : survivors_) {
    std::vector<LogEntry*> entries;
    for (LogEntry& entry : survivors.entries) entries.push_back(&entry);
    builder.Build(entries);
    builder.Finish(segment->header().id, writer->end(), writer->synced(),
                   std::max(index.state().lineage, survivors.lineage));
    RETURN_IF_ERROR(writer->Append(builder.data(), builder.batch().size));
    batches.push_back(builder.batch());
  }
  RETURN_IF_ERROR(log_.Continue(std::move(writer)));
  RETURN_IF_ERROR(index.Begin(segment));
  for (const Batch& batch : batches) RETURN_IF_ERROR(index.ApplyBatch(segment, batch, {}));
  return absl::OkStatus();
}

// What does not count of a segment must not come back when its successor, which says so, was
// compacted away.
absl::Status Recovery::CutTail() {
  const std::vector<SegmentPtr> all = segments_.All();
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    const SegmentHeader& next = all[i + 1]->header();
    if (next.predecessor != all[i]->header().number) continue;
    if (sizes_[all[i]->header().number] <= next.predecessor_end) continue;
    RETURN_IF_ERROR(options_.files->Truncate(all[i]->path(), next.predecessor_end));
  }
  return absl::OkStatus();
}

}  // namespace trebol
