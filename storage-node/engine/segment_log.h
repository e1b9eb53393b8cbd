#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "storage-node/engine/segment.h"

namespace trebol {

/// The segments that exist, by number. Thread-safe.
class SegmentTable {
 public:
  void Add(SegmentPtr segment);
  void Remove(uint64_t number);
  /// nullptr if there is none (any more).
  SegmentPtr Find(uint64_t number) const;
  /// Oldest first.
  std::vector<SegmentPtr> All() const;

 private:
  mutable Mutex mu_;
  std::map<uint64_t, SegmentPtr> segments_ ABSL_GUARDED_BY(mu_);
};

/// The end of the log: appends batches to the newest segment and begins the next when it is full.
/// Used by one thread at a time.
class SegmentLog {
 public:
  struct Options {
    FileSystem* files = nullptr;
    std::string directory;
    DiskId disk;
    uint64_t segment_size = 0;
    const Clock* clock = &SystemClock();
    bool direct_io = true;
  };
  SegmentLog(Options options, SegmentTable& table) : options_(std::move(options)), table_(table) {}

  /// A writer for segment `number`, which follows `predecessor` (nullptr: it is the first), whose
  /// records count up to `predecessor_end`. Nothing changes before Continue.
  absl::StatusOr<std::unique_ptr<SegmentWriter>> NewSegment(uint64_t number,
                                                            const Segment* predecessor,
                                                            uint64_t predecessor_end);
  /// Publishes the segment and appends to it from now on.
  absl::Status Continue(std::unique_ptr<SegmentWriter> writer);

  /// Begins a new segment if a batch of this size should not go into the current one.
  absl::Status MakeRoom(uint32_t batch_size);

  /// Where the next batch goes.
  SegmentWriter& writer() { return *writer_; }

 private:
  const Options options_;
  SegmentTable& table_;
  std::unique_ptr<SegmentWriter> writer_;
};

}  // namespace trebol
