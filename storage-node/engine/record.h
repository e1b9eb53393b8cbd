#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/ids.h"
#include "storage-node/engine/chunk_store.h"

namespace trebol {

/// What a record says. Frozen (docs/formats/segment-record.md): numbers are on disks.
enum class RecordKind : uint8_t {
  kPut = 1,
  kHintDone = 2,
  kTombstone = 3,
  kForget = 4,
  kQuarantine = 5,
  kSessionMarks = 6,
  kSessionClosed = 7,
  kEpoch = 8,
  kGeneration = 9,
  kUncertain = 10,
  kSeal = 11,
  kCommit = 12,  // reserved for rebuilding a namespace from its nodes
};

/// Where a payload is: byte `offset` of segment `segment`.
struct Place {
  uint64_t segment = 0;
  uint64_t offset = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

/// A chunk; its bytes follow the batch header.
struct PutRecord {
  static constexpr RecordKind kKind = RecordKind::kPut;
  ChunkId id;
  NodeId hint_for;
  uint32_t crc32c = 0;  // of all bytes
  std::vector<uint32_t>
      block_crcs;  // of each 64 KiB; one for a chunk of a single block, none for empty
};
/// The hint of this chunk was delivered.
struct HintDoneRecord {
  static constexpr RecordKind kKind = RecordKind::kHintDone;
  ChunkId id;
};
/// Metadata decided that the version is garbage: final.
struct TombstoneRecord {
  static constexpr RecordKind kKind = RecordKind::kTombstone;
  VersionId version;
  absl::Time made_at;          // to whole seconds
  uint64_t made_position = 0;  // of the log; what it bars stands before it; 0: here
};
/// This node gave up the copy at `place`. Local.
struct ForgetRecord {
  static constexpr RecordKind kKind = RecordKind::kForget;
  ChunkId id;
  Place place;
};
/// The copy at `place` failed its checksum.
struct QuarantineRecord {
  static constexpr RecordKind kKind = RecordKind::kQuarantine;
  ChunkId id;
  Place place;
};
struct SessionMarksRecord {
  static constexpr RecordKind kKind = RecordKind::kSessionMarks;
  SessionMarks marks;
};
struct SessionClosedRecord {
  static constexpr RecordKind kKind = RecordKind::kSessionClosed;
  Generation generation;
  SessionId session;
};
struct EpochRecord {
  static constexpr RecordKind kKind = RecordKind::kEpoch;
  InstalledEpoch epoch;
};
/// The generation that an operator confirmed. Reserved for successions.
struct GenerationRecord {
  static constexpr RecordKind kKind = RecordKind::kGeneration;
  Generation generation;
};
/// From here on (or no longer) this store may lack chunks that it had acknowledged.
struct UncertainRecord {
  static constexpr RecordKind kKind = RecordKind::kUncertain;
  bool uncertain = true;
};
/// Says nothing: its batch header carries the synced mark of what came before.
struct SealRecord {
  static constexpr RecordKind kKind = RecordKind::kSeal;
};
struct CommitRecord {
  static constexpr RecordKind kKind = RecordKind::kCommit;
  std::string manifest;
};

using Record = std::variant<PutRecord, HintDoneRecord, TombstoneRecord, ForgetRecord,
                            QuarantineRecord, SessionMarksRecord, SessionClosedRecord, EpochRecord,
                            GenerationRecord, UncertainRecord, SealRecord, CommitRecord>;

RecordKind KindOf(const Record& record);

/// The record's body as it stands in a batch header, and back: nullopt if it is not exactly one.
/// `payload_size` decides how many block checksums a put has.
std::string EncodeRecord(const Record& record);
std::optional<Record> DecodeRecord(RecordKind kind, absl::string_view body, uint32_t payload_size);

/// Checksums that a chunk of this size has.
uint32_t BlockCount(uint32_t payload_size);

}  // namespace trebol
