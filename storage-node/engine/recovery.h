#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "storage-node/engine/chunk_index.h"
#include "storage-node/engine/engine_options.h"
#include "storage-node/engine/segment_log.h"
#include "storage-node/engine/segment_scan.h"

namespace trebol {

/// Opens the log of a store: finds the segments, brings the index up to date with them or rebuilds
/// it, decides what counts at the end of the log, and begins a new segment (PROTOCOL 3.3 to 3.7).
/// Used once, by one thread.
///
/// What stands beyond the proven synced mark may vanish with the next loss of power. What is good
/// of it is written again into the new segment and flushed before that segment exists; only then
/// does the old place stop to count. So a crash in the middle of a recovery changes nothing.
class Recovery {
 public:
  Recovery(const EngineOptions& options, DiskId disk, SegmentTable& segments, SegmentLog& log)
      : options_(options), disk_(disk), segments_(segments), log_(log) {}

  absl::StatusOr<std::unique_ptr<ChunkIndex>> Run();
  const RecoveryReport& report() const { return report_; }

 private:
  // What was found of a batch beyond the mark.
  struct Survivors {
    std::vector<LogEntry> entries;
    LogLineage lineage;
  };

  absl::Status FindSegments();
  absl::Status AddSegment(const std::string& name, uint64_t number);
  absl::StatusOr<std::unique_ptr<ChunkIndex>> OpenIndex();
  absl::Status CheckIndex(ChunkIndex& index, bool* segment_lost);
  absl::Status FinishDrops(ChunkIndex& index);
  absl::Status RemoveIndex();
  absl::Status Replay(ChunkIndex& index);
  absl::Status ReplaySealed(ChunkIndex& index, const SegmentPtr& segment, uint64_t from);
  absl::Status ReplayLast(ChunkIndex& index, const SegmentPtr& segment, uint64_t from);
  absl::Status Salvage(Segment& segment, const Batch& batch, const LogLineage& known);
  absl::Status BeginSegment(ChunkIndex& index);
  absl::Status CutTail();
  absl::Status KeepHeadless();
  /// Durable when it returns, and until the log itself says it: what comes after may hide the
  /// damage from the next opening.
  absl::Status NoteDamage();
  absl::Status NoteLoss();
  absl::Status ForgetLoss();

  const EngineOptions& options_;
  const DiskId disk_;
  SegmentTable& segments_;
  SegmentLog& log_;

  std::string directory_;  // of the segments
  uint64_t highest_number_ = 0;
  std::map<uint64_t, uint64_t> sizes_;  // of the files found, by number
  std::vector<std::string> headless_;   // paths of segments without a header
  bool data_lost_ = false;              // the store can no longer say ABSENT
  SegmentPtr last_;                     // the newest segment before this opening, if any
  uint64_t last_end_ = 0;               // what counts of it
  std::vector<Survivors> survivors_;
  RecoveryReport report_;
};

/// Where things are below the data directory.
std::string SegmentDirectory(const std::string& data_directory);
std::string IndexDirectory(const std::string& data_directory);
/// Its existence asks the next opening to rebuild the index.
inline constexpr char kRebuildMarker[] = "rebuild-index";
/// Its existence says that an opening found data lost, and ended before the log said so.
inline constexpr char kLossMarker[] = "data-lost";

}  // namespace trebol
