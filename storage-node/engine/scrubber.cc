#include "storage-node/engine/scrubber.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "storage-node/engine/segment_scan.h"

namespace trebol {
namespace {

// "SEGMENT LAST_OF_PASS PASSES ENDED", as decimal numbers; ENDED in seconds since 1970, 0: never. A
// file that says anything else begins a new pass.
constexpr char kFile[] = "scrub";

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
    chunks_.pop_front();
    if (!here) continue;
    const absl::Status verified = verify_(id);
    bytes += row->size;
    {
      MutexLock lock(&mutex_);
      progress_.done_bytes = std::min(progress_.done_bytes + row->size, progress_.total_bytes);
    }
    if (absl::IsDataLoss(verified)) {
      MutexLock lock(&mutex_);
      ++progress_.bad_chunks;
    } else if (!verified.ok() && !absl::IsNotFound(verified)) {  // deleted meanwhile
      return verified;
    }
  }
  return bytes;
}

Scrubber::Progress Scrubber::progress() const {
  MutexLock lock(&mutex_);
  return progress_;
}

absl::StatusOr<bool> Scrubber::NextSegment() {
  const std::vector<SegmentPtr> all = segments_.All();
  if (last_of_pass_ == 0) {
    if (all.empty()) return false;
    segment_ = 0;
    last_of_pass_ = all.back()->header().number;
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
    }
  }
  if (next == nullptr) {
    last_of_pass_ = 0;
    RETURN_IF_ERROR(Save());
    return false;
  }
  next->DropCache();  // what a disk forgot may well be in memory
  const absl::StatusOr<SegmentScan> scan = ScanSegment(*next, kSegmentHeaderSize, next->end.load());
  if (!scan.ok() && segments_.Find(next->header().number) != nullptr) return scan.status();
  RETURN_IF_ERROR(Save());  // up to the last; this one is begun anew after a restart
  segment_ = next->header().number;
  if (!scan.ok()) return true;  // compaction was faster: what it kept is elsewhere
  for (const Batch& batch : scan->batches) {
    for (const BatchEntry& entry : batch.entries) {
      if (const auto* put = std::get_if<PutRecord>(&entry.record)) chunks_.push_back(put->id);
    }
  }
  return true;
}

absl::Status Scrubber::Save() {
  const Progress now = progress();
  const int64_t ended = now.last_pass_ended_at == absl::InfinitePast()
                            ? 0
                            : absl::ToUnixSeconds(now.last_pass_ended_at);
  return ReplaceFile(*options_.files, options_.directory, kFile,
                     absl::StrCat(segment_, " ", last_of_pass_, " ", now.passes, " ", ended, "\n"));
}

void Scrubber::Load() {
  const auto text = ReadWholeFile(*options_.files, absl::StrCat(options_.directory, "/", kFile));
  if (!text.ok()) return;
  const std::vector<std::string> words =
      absl::StrSplit(*text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  uint64_t segment = 0;
  uint64_t last = 0;
  uint64_t passes = 0;
  int64_t ended = 0;
  if (words.size() != 4 || !absl::SimpleAtoi(words[0], &segment) ||
      !absl::SimpleAtoi(words[1], &last) || !absl::SimpleAtoi(words[2], &passes) ||
      !absl::SimpleAtoi(words[3], &ended)) {
    return;
  }
  segment_ = segment;
  last_of_pass_ = last;
  MutexLock lock(&mutex_);
  progress_.passes = passes;
  if (ended > 0) progress_.last_pass_ended_at = absl::FromUnixSeconds(ended);
}

}  // namespace trebol
