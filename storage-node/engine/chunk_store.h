#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "common/base/limits.h"

namespace trebol {

/// The highest place in the metadata log that this store has seen.
struct LogLineage {
  uint64_t term = 0;
  LogIndex index;

  friend bool operator==(const LogLineage&, const LogLineage&) = default;
  /// By the index: terms are random numbers and have no order.
  friend std::strong_ordering operator<=>(const LogLineage& a, const LogLineage& b) {
    return a.index <=> b.index;
  }
};

/// What a gateway says of its session (chunk.proto, SessionReport).
struct SessionMarks {
  Generation generation;
  SessionId session;
  uint64_t decided_below = 0;
  std::vector<uint64_t> open;
  uint64_t replicated_below = 0;
  std::vector<uint64_t> owed;

  friend bool operator==(const SessionMarks&, const SessionMarks&) = default;
};

/// An epoch of one partition, with its serialised PartitionEntry.
struct InstalledEpoch {
  PartitionId partition;
  Epoch epoch;
  std::string entry;
};

struct PutOptions {
  NodeId hint_for;         // the member that this copy stands in for; 0: none. Recorded
  bool from_peer = false;  // a copy that another node passes on: taken also of closed sessions
  LogLineage lineage;      // recorded in the batch header when it is higher than what is known
};

struct ChunkPut {
  ChunkId id;
  Bytes data;
  /// The sender's, of all of `data`; verified in the pass that copies the bytes.
  uint32_t crc32c = 0;
  PutOptions options;
};

enum class PutResult { kStored, kAlreadyStored };

struct ChunkData {
  Bytes data;
  uint32_t crc32c = 0;      // of `data`, from blocks that were verified against the record
  uint32_t chunk_size = 0;  // bytes of the whole chunk
};

enum class ChunkState { kPresent, kAbsent, kUnknown, kCorrupt, kDeleted };

struct ChunkStat {
  ChunkState state = ChunkState::kAbsent;
  uint32_t size = 0;
  uint32_t crc32c = 0;
  NodeId hint_for;  // the member that the copy stands in for; 0: none
  /// The copy's bytes were verified then or later: read by a scrub, or written. InfinitePast: not
  /// known.
  absl::Time verified_since = absl::InfinitePast();
};

inline constexpr uint64_t kMostOfTryGet = 64 * kKiB;

struct HeldVersion {
  VersionId version;
  uint64_t bytes = 0;  // payload of its chunks on this store
  uint64_t chunks = 0;
};

struct DeleteResult {
  uint64_t chunks = 0;  // that this call made garbage; a repeat counts 0
  uint64_t bytes = 0;
};

struct StoreStatistics {
  uint64_t chunks = 0;
  uint64_t chunk_bytes = 0;     // payload of live chunks
  uint64_t dead_bytes = 0;      // of records in segments that nothing points at any more
  uint64_t disk_bytes = 0;      // of segment files
  uint64_t capacity_bytes = 0;  // of the file system
  uint64_t free_bytes = 0;
  uint64_t synced_position = 0;  // bytes ever appended and known to be durable; never falls
  uint64_t incarnation = 0;      // counts opens
  LogLineage lineage;
  uint64_t quarantined_chunks = 0;
  absl::Duration write_latency;  // of the disk, of late (GroupCommit::write_latency)
  bool failed = false;           // a flush failed: out of service until reopened
  bool writes_refused = false;   // a whole chunk would pass kRefuseWritesAt
  bool uncertain = false;        // answers kUnknown where it would say kAbsent (PROTOCOL 3.6)
};

/// The chunks of one disk: one room, one verb: is it on disk?
///
/// Thread-safe. Functions block, on the disk and on the group commit; call them from a bounded
/// pool. What returns OK is durable: it was flushed before. Errors carry a reason: CHUNK_NOT_FOUND,
/// CHUNK_UNKNOWN, CHUNK_CORRUPT, CHUNK_CONFLICT, VERSION_DELETED, SESSION_CLOSED,
/// CHECKSUM_MISMATCH, DISK_FULL, STORE_FAILED.
class ChunkStore {
 public:
  virtual ~ChunkStore() = default;

  /// Stores chunks with one flush and gives a result for each, in order. Idempotent: a repeat waits
  /// for the flush that covers the first. Refuses versions under a tombstone and those of closed
  /// sessions, unless a peer passes the copy on.
  virtual std::vector<absl::StatusOr<PutResult>> PutMany(absl::Span<const ChunkPut> puts) = 0;

  absl::StatusOr<PutResult> Put(const ChunkId& id, const Bytes& data, uint32_t crc32c,
                                const PutOptions& options) {
    const ChunkPut put{.id = id, .data = data, .crc32c = crc32c, .options = options};
    return std::move(PutMany({&put, 1}).front());
  }

  /// `length` bytes from `offset`; 0 is to the end. OUT_OF_RANGE beyond the end of the chunk. Every
  /// 64 KiB block that is touched is verified; a bad one quarantines the copy (CHUNK_CORRUPT).
  virtual absl::StatusOr<ChunkData> Get(const ChunkId& id, uint64_t offset, uint64_t length) = 0;

  /// As Get, of at most kMostOfTryGet bytes and from memory alone: waits neither for the disk nor
  /// for others, so that any thread may call it. nullopt means to call Get, which also tells
  /// errors.
  virtual std::optional<ChunkData> TryGet(const ChunkId& id, uint64_t offset, uint64_t length) = 0;

  /// From the index only; reads no payload.
  virtual absl::StatusOr<ChunkStat> Stat(const ChunkId& id) = 0;

  /// Writes a tombstone for each version: final, and later puts of them are refused. Idempotent.
  virtual absl::StatusOr<DeleteResult> DeleteVersions(absl::Span<const VersionId> versions) = 0;

  /// Logs what a gateway said of its session, if it says more than is known. Idempotent.
  virtual absl::Status RecordSession(const SessionMarks& marks, const LogLineage& lineage) = 0;

  /// From now on gateways' puts of this session are refused. Idempotent.
  virtual absl::Status CloseSession(Generation generation, SessionId session) = 0;

  /// Logs the epochs that were not known yet; returns when they are durable. Idempotent.
  virtual absl::Status InstallEpochs(absl::Span<const InstalledEpoch> epochs) = 0;

  /// Versions of a closed session that may be garbage: those held at or above its decided mark, and
  /// those listed as open below it. At most `limit`, beginning after `after`.
  virtual absl::StatusOr<std::vector<HeldVersion>> UndecidedVersions(Generation generation,
                                                                     SessionId session,
                                                                     uint64_t after_sequence,
                                                                     size_t limit) = 0;

  /// Remembers the highest metadata log position that heartbeats showed; on disk with the next
  /// batch or seal. Cheap.
  virtual void NoteLineage(const LogLineage& lineage) = 0;

  virtual StoreStatistics Statistics() = 0;
};

}  // namespace trebol
