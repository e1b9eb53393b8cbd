#pragma once

#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "common/base/mutex.h"
#include "storage-node/engine/chunk_index.h"
#include "storage-node/engine/chunk_inventory.h"
#include "storage-node/engine/group_commit.h"

namespace trebol {

/// The inventory of a SegmentChunkStore: reads its index, and appends to its log. Thread-safe.
class SegmentInventory final : public ChunkInventory {
 public:
  /// `note_error` is told each error of the index, and gives the status to answer.
  SegmentInventory(ChunkIndex& index, GroupCommit& commit,
                   std::function<absl::Status(absl::Status)> note_error)
      : index_(index), commit_(commit), note_error_(std::move(note_error)) {}

  absl::StatusOr<std::vector<ChunkDigest>> Digests(
      absl::Span<const PartitionId> asked, size_t partitions,
      absl::Span<const DecidedMark> undecided) override;
  absl::StatusOr<std::vector<ListedChunk>> List(PartitionId partition, size_t partitions,
                                                const std::optional<ChunkId>& after, size_t limit,
                                                absl::Span<const DecidedMark> undecided) override;
  absl::StatusOr<VersionPage> Versions(const VersionId& after, size_t limit) override;
  absl::StatusOr<std::vector<DecidedMark>> DecidedMarks() override;
  absl::Status Forget(absl::Span<const ChunkId> chunks) override;
  absl::Status BecomeCertain() override;

  /// The gateway of this session lives: it has just told its marks.
  void Heard(Generation generation, SessionId session);

 private:
  ChunkIndex& index_;
  GroupCommit& commit_;
  const std::function<absl::Status(absl::Status)> note_error_;
  Mutex mutex_;
  std::set<std::pair<Generation, SessionId>> heard_ ABSL_GUARDED_BY(mutex_);  // since the start
};

}  // namespace trebol
