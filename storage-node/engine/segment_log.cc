#include "storage-node/engine/segment_log.h"

#include <utility>

#include "common/base/random.h"
#include "common/base/status_macros.h"

namespace trebol {

void SegmentTable::Add(SegmentPtr segment) {
  MutexLock lock(&mu_);
  const uint64_t number = segment->header().number;
  segments_[number] = std::move(segment);
}

void SegmentTable::Remove(uint64_t number) {
  MutexLock lock(&mu_);
  segments_.erase(number);
}

SegmentPtr SegmentTable::Find(uint64_t number) const {
  MutexLock lock(&mu_);
  const auto found = segments_.find(number);
  return found == segments_.end() ? nullptr : found->second;
}

std::vector<SegmentPtr> SegmentTable::All() const {
  MutexLock lock(&mu_);
  std::vector<SegmentPtr> all;
  all.reserve(segments_.size());
  for (const auto& [number, segment] : segments_) all.push_back(segment);
  return all;
}

absl::StatusOr<std::unique_ptr<SegmentWriter>> SegmentLog::NewSegment(uint64_t number,
                                                                      const Segment* predecessor,
                                                                      uint64_t predecessor_end) {
  SegmentHeader header;
  header.id = {.high = RandomId(), .low = RandomId()};
  header.disk = options_.disk;
  header.number = number;
  if (predecessor != nullptr) {
    header.start_position = predecessor->header().start_position + predecessor_end;
    header.predecessor = predecessor->header().number;
    header.predecessor_end = predecessor_end;
  }
  ASSIGN_OR_RETURN(
      std::unique_ptr<SegmentWriter> writer,
      SegmentWriter::Create(*options_.files, options_.directory, header, options_.direct_io));
  writer->segment()->begun = options_.clock->WallTime();
  return writer;
}

absl::Status SegmentLog::Continue(std::unique_ptr<SegmentWriter> writer) {
  RETURN_IF_ERROR(writer->Publish());
  table_.Add(writer->segment());
  writer_ = std::move(writer);
  return absl::OkStatus();
}

absl::Status SegmentLog::MakeRoom(uint32_t batch_size) {
  const bool empty = writer_->end() == kSegmentHeaderSize;
  if (empty || writer_->end() + batch_size <= options_.segment_size) return absl::OkStatus();
  const SegmentPtr& full = writer_->segment();
  ASSIGN_OR_RETURN(std::unique_ptr<SegmentWriter> next,
                   NewSegment(full->header().number + 1, full.get(), writer_->synced()));
  return Continue(std::move(next));
}

}  // namespace trebol
