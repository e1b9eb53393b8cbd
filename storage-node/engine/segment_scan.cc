#include "storage-node/engine/segment_scan.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/base/planted.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr size_t kFewBytes = 16 * 1024;     // a usual header, when jumping from batch to batch
constexpr size_t kManyBytes = 1024 * 1024;  // when looking for the next batch step by step

/// The part of the segment that was read last.
class Window {
 public:
  Window(Segment& segment, uint64_t limit) : segment_(segment), limit_(limit) {}

  /// Bytes [offset, offset + size), fewer at the limit; nullopt if the medium fails.
  std::optional<absl::string_view> View(uint64_t offset, size_t size, size_t read_ahead) {
    size = std::min<uint64_t>(size, limit_ - offset);
    if (offset < start_ || offset + size > start_ + bytes_.size()) {
      bytes_.resize(std::min<uint64_t>(std::max(size, read_ahead), limit_ - offset));
      start_ = offset;
      auto got = segment_.Read(offset, bytes_.data(), bytes_.size());
      if (!got.ok() && bytes_.size() > size) {
        bytes_.resize(size);  // the fault may lie in what was read ahead
        got = segment_.Read(offset, bytes_.data(), bytes_.size());
      }
      bytes_.resize(got.ok() ? *got : 0);
      if (!got.ok()) return std::nullopt;
    }
    return absl::string_view(bytes_).substr(offset - start_, size);
  }

 private:
  Segment& segment_;
  const uint64_t limit_;
  uint64_t start_ = 0;
  std::string bytes_;
};

std::optional<Batch> BatchAt(Window& window, const SegmentId& id, uint64_t offset, uint64_t limit,
                             size_t read_ahead, BadStretch* block) {
  const auto start = window.View(offset, kBatchAlignment, read_ahead);
  if (!start) {
    block->unreadable = true;
    return std::nullopt;
  }
  block->all_zero = start->find_first_not_of('\0') == absl::string_view::npos;
  const auto header_size = BatchHeaderSize(*start, id, offset);
  if (!header_size) return std::nullopt;
  const auto header = window.View(offset, *header_size, read_ahead);
  if (!header) {
    block->unreadable = true;
    return std::nullopt;
  }
  auto batch = DecodeBatchHeader(*header, id, offset);
  if (batch && batch->size > limit - offset) return std::nullopt;
  return batch;
}

}  // namespace

absl::StatusOr<SegmentScan> ScanSegment(Segment& segment, uint64_t from, uint64_t limit) {
  SegmentScan scan;
  Window window(segment, limit);
  RETURN_IF_ERROR(segment.CheckOpens());
  bool lost = false;
  for (uint64_t at = from; at < limit;) {
    BadStretch block{.from = at, .to = std::min<uint64_t>(at + kBatchAlignment, limit)};
    auto batch =
        BatchAt(window, segment.header().id, at, limit, lost ? kManyBytes : kFewBytes, &block);
    if (batch) {
      lost = false;
      at += batch->size;
      scan.batches.push_back(*std::move(batch));
      continue;
    }
    if (lost) {
      scan.bad.back().to = block.to;
      scan.bad.back().all_zero &= block.all_zero;
      scan.bad.back().unreadable |= block.unreadable;
    } else {
      scan.bad.push_back(block);
    }
    lost = true;
    at += kBatchAlignment;
    if (Planted("engine.damage_ends_the_log")) break;
  }
  return scan;
}

}  // namespace trebol
