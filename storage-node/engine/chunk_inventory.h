#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/base/ids.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/engine/digest_table.h"

namespace trebol {

/// Up to where the versions of a gateway's session are decided. Those at or above are being
/// written: comparisons leave them out.
struct DecidedMark {
  Generation generation;
  SessionId session;
  uint64_t decided_below = 0;

  friend bool operator==(const DecidedMark&, const DecidedMark&) = default;
};

struct ListedChunk {
  ChunkId id;
  uint32_t size = 0;  // bytes
};

struct VersionPage {
  std::vector<HeldVersion> versions;
  bool more = false;
};

/// What a store holds of each partition: what nodes compare with each other and pass on
/// (decisions/2026-11-27-pull-push-forget.md). Only good copies count. `partitions` is the number
/// that the cluster has, a power of two. Thread-safe; functions block, on the disk and on the group
/// commit. Errors: STORE_FAILED.
class ChunkInventory {
 public:
  virtual ~ChunkInventory() = default;

  /// One for each asked, in order, without the versions that `undecided` leaves out. Cheap once
  /// every partition was asked for; but each undecided chunk costs a step in the index.
  virtual absl::StatusOr<std::vector<ChunkDigest>> Digests(
      absl::Span<const PartitionId> asked, size_t partitions,
      absl::Span<const DecidedMark> undecided) = 0;

  /// The next `limit` chunks of a partition behind `after`, in the order of placement hashes.
  virtual absl::StatusOr<std::vector<ListedChunk>> List(
      PartitionId partition, size_t partitions, const std::optional<ChunkId>& after, size_t limit,
      absl::Span<const DecidedMark> undecided) = 0;

  /// All versions behind `after` of which any copy is here, bad ones too, in the order of their
  /// ids: at most `limit`, and fewer where these have very many chunks. Costs a step in the index
  /// for each chunk.
  virtual absl::StatusOr<VersionPage> Versions(const VersionId& after, size_t limit) = 0;

  /// The marks of all sessions that are not closed and reported since this store was opened.
  virtual absl::StatusOr<std::vector<DecidedMark>> DecidedMarks() = 0;

  /// Gives up the copies of these chunks here; durable when it returns. One that compaction moved
  /// meanwhile stays: forget it again. Not for quarantined ones. Idempotent.
  virtual absl::Status Forget(absl::Span<const ChunkId> chunks) = 0;

  /// All that this store may have lost was compared with those who would have it: from now on it
  /// says ABSENT again where it said UNKNOWN.
  virtual absl::Status BecomeCertain() = 0;
};

}  // namespace trebol
