#include "storage-node/engine/scrubber.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "storage-node/engine/segment_scan.h"

namespace trebol {
namespace {

// "SEGMENT LAST_OF_PASS PASSES ENDED BEGAN SEGMENT OFFSET SINCE", as decimal numbers: how far the
// pass is; how many ended, the last when; when this one began; and in front of which place the last
// that ended verified all, since when. Times in seconds since 1970, 0: none. A file of an older
// release ends after ENDED; one that says anything else begins a new pass.
constexpr char kFile[] = "scrub";
constexpr size_t kNumbers = 8;
constexpr size_t kOldNumbers = 4;

uint64_t ToSeconds(absl::Time time) {
  return time == absl::InfinitePast() ? 0 : static_cast<uint64_t>(absl::ToUnixSeconds(time));
}
absl::Time FromSeconds(uint64_t seconds) {
  return seconds == 0 ? absl::InfinitePast() : absl::FromUnixSeconds(static_cast<int64_t>(seconds));
}

bool IsBefore(const Place& place, const Place& other) {
  return std::pair(place.segment, place.offset) < std::pair(other.segment, other.offset);
}

/// Both copies of it.
bool HeaderIsWhole(Segment& segment) {
  std::string bytes(kSegmentHeaderSize, '\0');
  const auto got = segment.Read(0, bytes.data(), bytes.size());
  return got.ok() && *got == bytes.size() && bytes == EncodeSegmentHeader(segment.header());
}

}  // namespace

Scrubber::Scrubber(const EngineOptions& options, const SegmentTable& segments,
                   const ChunkIndex& index, Verify verify)
    : options_(options), segments_(segments), index_(index), verify_(std::move(verify)) {
  {
    MutexLock lock(&mutex_);
    progress_.last_pass_ended_at = absl::InfinitePast();
  }
  Load();
}

absl::StatusOr<uint64_t> Scrubber::Next(uint64_t most_bytes) {
  uint64_t bytes = 0;
  while (bytes < most_bytes) {
    if (chunks_.empty()) {
      if (bytes > 0) return bytes;  // so that the end of a pass is told by a 0
      ASSIGN_OR_RETURN(const bool more, NextSegment());
      if (!more) return 0;
      if (chunks_.empty()) continue;
    }
    const ChunkId id = chunks_.front();
    ASSIGN_OR_RETURN(const auto row, index_.FindChunk(id));
    const bool here = row && !row->quarantined() && row->place.segment == segment_;
    if (here && bytes > 0 && bytes + row->size > most_bytes) return bytes;
    if (!here) {
      chunks_.pop_front();
      continue;
    }
    const absl::Status verified = verify_(id);
    const bool decided = verified.ok() || absl::IsDataLoss(verified) || absl::IsNotFound(verified);
    if (!decided) return verified;  // again the next time: a pass leaves out nothing
    chunks_.pop_front();
    bytes += row->size;
    {
      MutexLock lock(&mutex_);
      progress_.done_bytes = std::min(progress_.done_bytes + row->size, progress_.total_bytes);
    }
    if (absl::IsDataLoss(verified)) {
      MutexLock lock(&mutex_);
      ++progress_.bad_chunks;
    }
  }
  return bytes;
}

Scrubber::Progress Scrubber::progress() const {
  MutexLock lock(&mutex_);
  return progress_;
}

absl::Time Scrubber::VerifiedSince(const Place& place) const {
  MutexLock lock(&mutex_);
  if (IsBefore(place, now_.before)) return now_.since;
  return IsBefore(place, last_.before) ? last_.since : absl::InfinitePast();
}

absl::StatusOr<bool> Scrubber::NextSegment() {
  const std::vector<SegmentPtr> all = segments_.All();
  if (last_of_pass_ == 0) {
    if (all.empty()) return false;
    segment_ = 0;
    last_of_pass_ = all.back()->header().number;
    MutexLock lock(&mutex_);
    now_ = {.before = {}, .since = options_.clock->WallTime()};
  }
  uint64_t done = 0;
  uint64_t total = 0;
  SegmentPtr next;
  for (const SegmentPtr& segment : all) {
    if (segment->header().number > last_of_pass_) continue;
    total += segment->end.load();
    if (segment->header().number <= segment_) {
      done += segment->end.load();
    } else if (next == nullptr) {
      next = segment;
    }
  }
  {
    MutexLock lock(&mutex_);
    progress_.done_bytes = done;
    progress_.total_bytes = total;
    if (next == nullptr) {
      ++progress_.passes;
      progress_.last_pass_ended_at = options_.clock->WallTime();
      // The last segment may have grown since it was scanned.
      now_.before = {.segment = last_of_pass_,
                     .offset = segment_ == last_of_pass_ ? scanned_end_ : 0};
      last_ = now_;
    } else {
      now_.before = {.segment = next->header().number, .offset = 0};
    }
  }
  if (next == nullptr) {
    last_of_pass_ = 0;
    RETURN_IF_ERROR(Save());
    return false;
  }
  next->DropCache();  // what a disk forgot may well be in memory
  const uint64_t end = next->end.load();
  const absl::StatusOr<SegmentScan> scan = ScanSegment(*next, kSegmentHeaderSize, end);
  if (!scan.ok() && segments_.Find(next->header().number) != nullptr) return scan.status();
  RETURN_IF_ERROR(Save());  // up to the last; this one is begun anew after a restart
  segment_ = next->header().number;
  scanned_end_ = end;
  if (!scan.ok()) return true;  // compaction was faster: what it kept is elsewhere
  for (const Batch& batch : scan->batches) {
    for (const BatchEntry& entry : batch.entries) {
      if (const auto* put = std::get_if<PutRecord>(&entry.record)) chunks_.push_back(put->id);
    }
  }
  if (!scan->bad.empty() || !HeaderIsWhole(*next)) {
    next->damaged.store(true);
    chunks_.clear();
    RETURN_IF_ERROR(AddFromIndex(*next));
  }
  return true;
}

absl::Status Scrubber::AddFromIndex(const Segment& segment) {
  absl::Status damaged;
  std::vector<std::pair<uint64_t, ChunkId>> found;  // by offset
  const std::string prefix(1, rows::kChunkPrefix);
  RETURN_IF_ERROR(index_.Visit(prefix, prefix, [&](absl::string_view key, absl::string_view value) {
    const auto row = rows::DecodeChunk(value);
    if (!row) {
      damaged = DamagedIndex("a chunk's row cannot be read");
      return false;
    }
    if (row->place.segment == segment.header().number) {
      found.emplace_back(row->place.offset, rows::ParseChunkKey(key));
    }
    return true;
  }));
  RETURN_IF_ERROR(damaged);
  std::sort(found.begin(), found.end());
  for (const auto& [offset, id] : found) chunks_.push_back(id);
  return absl::OkStatus();
}

absl::Status Scrubber::Save() {
  std::string text;
  {
    MutexLock lock(&mutex_);
    text =
        absl::StrJoin(std::array<uint64_t, kNumbers>{segment_, last_of_pass_, progress_.passes,
                                                     ToSeconds(progress_.last_pass_ended_at),
                                                     ToSeconds(now_.since), last_.before.segment,
                                                     last_.before.offset, ToSeconds(last_.since)},
                      " ");
  }
  return ReplaceFile(*options_.files, options_.directory, kFile, text + "\n");
}

void Scrubber::Load() {
  const auto text = ReadWholeFile(*options_.files, absl::StrCat(options_.directory, "/", kFile));
  if (!text.ok()) return;
  const std::vector<std::string> words =
      absl::StrSplit(*text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  if (words.size() != kNumbers && words.size() != kOldNumbers) return;
  std::array<uint64_t, kNumbers> numbers = {};
  for (size_t i = 0; i < words.size(); ++i) {
    if (!absl::SimpleAtoi(words[i], &numbers[i])) return;
  }
  segment_ = numbers[0];
  last_of_pass_ = numbers[1];
  MutexLock lock(&mutex_);
  progress_.passes = numbers[2];
  progress_.last_pass_ended_at = FromSeconds(numbers[3]);
  now_.since = FromSeconds(numbers[4]);
  // What was saved is the last segment that the pass has done with.
  if (last_of_pass_ != 0) now_.before = {.segment = segment_, .offset = 0};
  last_ = {.before = {.segment = numbers[5], .offset = numbers[6]},
           .since = FromSeconds(numbers[7])};
}

}  // namespace trebol
