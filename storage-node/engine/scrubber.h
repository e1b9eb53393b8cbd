#pragma once

#include <cstdint>
#include <deque>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/mutex.h"
#include "storage-node/engine/chunk_index.h"
#include "storage-node/engine/engine_options.h"
#include "storage-node/engine/segment_log.h"

namespace trebol {

/// Reads every copy again and verifies its checksums, segment by segment in the order of the log,
/// so that reading is sequential. What is bad, or cannot be read, gets quarantined; peers replace
/// it. A segment whose headers are not what was written is marked as damaged, for compaction to
/// write again: its copies are good, but a rebuild of the index would not find them. A pass takes
/// in the segments that there were at its beginning: what compaction wrote since was verified on
/// its way. Goes on after a restart at the segment where it was.
///
/// Next is for one thread; progress is thread-safe.
class Scrubber {
 public:
  /// Reads and verifies all of a chunk; quarantines one that is bad.
  using Verify = std::function<absl::Status(const ChunkId&)>;

  Scrubber(const EngineOptions& options, const SegmentTable& segments, const ChunkIndex& index,
           Verify verify);

  /// Verifies the next copies, of `most_bytes` or of one that is larger, and gives the bytes that
  /// were read: 0 when that ends a pass. Errors: the index's, and of files that cannot be opened or
  /// written; go on later.
  absl::StatusOr<uint64_t> Next(uint64_t most_bytes);

  struct Progress {
    uint64_t done_bytes = 0;  // of this pass, of segment files
    uint64_t total_bytes = 0;
    uint64_t passes = 0;            // that ended, ever
    absl::Time last_pass_ended_at;  // InfinitePast: none
    uint64_t bad_chunks = 0;        // found since the start
  };
  Progress progress() const;

  /// The copy at `place` was verified then or later; InfinitePast when that is not known. Cheap.
  absl::Time VerifiedSince(const Place& place) const;

 private:
  /// All copies in front of a place were verified by a pass that began then. What is durable in the
  /// log stays where it is until its segment goes.
  struct Verified {
    Place before;
    absl::Time since = absl::InfinitePast();
  };

  /// Takes up the next segment of the pass; false at its end.
  absl::StatusOr<bool> NextSegment();
  /// Copies in the segment of which only the index says that they are there.
  absl::Status AddFromIndex(const Segment& segment);
  absl::Status Save();
  void Load();

  const EngineOptions& options_;
  const SegmentTable& segments_;
  const ChunkIndex& index_;
  const Verify verify_;

  uint64_t segment_ = 0;        // that is being verified, or was last
  uint64_t scanned_end_ = 0;    // of that segment, in front of which all is in chunks_
  uint64_t last_of_pass_ = 0;   // 0: no pass has begun
  std::deque<ChunkId> chunks_;  // of the segment, yet to be verified
  mutable Mutex mutex_;
  Progress progress_ ABSL_GUARDED_BY(mutex_);
  Verified now_ ABSL_GUARDED_BY(mutex_);   // by the pass that runs, or ran last
  Verified last_ ABSL_GUARDED_BY(mutex_);  // by the last that ended
};

}  // namespace trebol
