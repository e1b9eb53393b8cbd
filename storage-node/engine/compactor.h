#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "storage-node/engine/chunk_index.h"
#include "storage-node/engine/engine_options.h"
#include "storage-node/engine/group_commit.h"
#include "storage-node/engine/read_buffers.h"
#include "storage-node/engine/segment_log.h"
#include "storage-node/engine/segment_scan.h"

namespace trebol {

/// Gives back the space of records that nothing needs any more: what is still needed of a segment
/// is appended to the log again, through the same queue as everything else, and then the file goes.
/// Thread-safe; one segment at a time.
class Compactor {
 public:
  Compactor(const EngineOptions& options, SegmentTable& segments, ChunkIndex& index,
            GroupCommit& commit, ReadBuffers& buffers)
      : options_(options), segments_(segments), index_(index), commit_(commit), buffers_(buffers) {}

  /// Rewrites a sealed segment that is damaged, or the one that gains most, if one is below the
  /// threshold or several are small. One that could not be rewritten is left alone for kRetryAfter,
  /// so that a sector that cannot be read costs the space of its own segment only.
  absl::Status CompactOnce(bool* did_work);

 private:
  static constexpr absl::Duration kRetryAfter = absl::Minutes(10);

  SegmentPtr Choose() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Compact(const SegmentPtr& segment) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  /// Keys of the rows that may have their record in the segment, from its batch headers.
  static std::set<std::string> KeysFromLog(const SegmentScan& scan);
  /// The same from the index, for headers that cannot be read any more.
  absl::StatusOr<std::set<std::string>> KeysFromIndex();
  absl::Status Relog(Segment& segment, const std::set<std::string>& keys,
                     std::vector<VersionId>* expired);
  /// A forget has no row, but must stay as long as the record of the copy that it gave up: a
  /// rebuild of the index would bring that back, and nothing would remember its deletion.
  absl::Status RelogForgets(const SegmentScan& scan);
  /// The record to write again for this row, or nothing if its record is not in the segment.
  absl::StatusOr<std::optional<LogEntry>> EntryFor(Segment& segment, const std::string& key,
                                                   std::vector<VersionId>* expired);
  absl::StatusOr<std::optional<LogEntry>> ChunkEntry(Segment& segment, const std::string& key);
  absl::StatusOr<std::optional<LogEntry>> TombstoneEntry(Segment& segment, const std::string& key,
                                                         std::vector<VersionId>* expired);
  absl::StatusOr<std::optional<LogEntry>> SessionEntry(Segment& segment, const std::string& key);

  const EngineOptions& options_;
  SegmentTable& segments_;
  ChunkIndex& index_;
  GroupCommit& commit_;
  ReadBuffers& buffers_;
  Mutex mu_;
  std::map<uint64_t, Instant> failed_at_ ABSL_GUARDED_BY(mu_);  // by number of the segment
};

}  // namespace trebol
