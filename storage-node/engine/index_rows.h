#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/ids.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/engine/record.h"
#include "storage-node/engine/segment.h"

/// Keys and values of the index (docs/formats/index.md). Decoders give nullopt for bytes that are
/// no such row: then the index is rebuilt.
namespace trebol::rows {

/// The newest good copy of a chunk; or, quarantined, the bad one that nothing has replaced.
struct Chunk {
  Place place;
  uint32_t size = 0;
  uint32_t crc32c = 0;
  NodeId hint_for;
  uint64_t quarantined_in = 0;  // segment of the quarantine record; 0: the copy is good
  std::vector<uint32_t> block_crcs;

  bool quarantined() const { return quarantined_in != 0; }
};
struct Tombstone {
  uint64_t segment = 0;  // where the newest record of it is; likewise below
  absl::Time made_at;
  uint64_t made_position = 0;  // of the log; no record of the version is behind it
};
struct Session {
  uint64_t segment = 0;
  SessionMarks marks;
};
struct InstalledEpochRow {
  uint64_t segment = 0;
  InstalledEpoch epoch;
};
/// A row that says only where its record is: a closed session, the generation, uncertainty.
struct Flag {
  uint64_t segment = 0;
  uint64_t value = 0;
};
struct SegmentState {
  SegmentId id;
  uint64_t end = 0;
  uint64_t live_bytes = 0;
  bool dropped = false;  // nothing needs it: its file may be there still, or not
};
/// Up to where the log is in the index, and sums over it.
struct State {
  DiskId disk;
  Place position;
  LogLineage lineage;
  uint64_t chunks = 0;
  uint64_t chunk_bytes = 0;
  uint64_t quarantined = 0;
  bool uncertain = false;
};

/// First byte of the key.
inline constexpr char kChunkPrefix = 'c';
inline constexpr char kHashPrefix = 'h';
inline constexpr char kTombstonePrefix = 't';
inline constexpr char kSessionPrefix = 's';
inline constexpr char kClosedPrefix = 'x';
inline constexpr char kEpochPrefix = 'e';
inline constexpr char kSegmentPrefix = 'm';

std::string ChunkKey(const ChunkId& id);
std::string VersionChunksKey(const VersionId& version);  // what the keys of its chunks begin with
std::string SessionChunksKey(Generation generation, SessionId session);
ChunkId ParseChunkKey(absl::string_view key);
/// Good copies again, by placement hash and then id; the value is the size.
std::string HashKey(uint64_t hash, const ChunkId& id);
std::string FirstHashKey(uint64_t hash);  // what the keys of its chunks begin with
uint64_t HashOfHashKey(absl::string_view key);
ChunkId ChunkOfHashKey(absl::string_view key);
std::string EncodeSize(uint32_t size);
std::optional<uint32_t> DecodeSize(absl::string_view value);
std::string TombstoneKey(const VersionId& version);
std::string SessionKey(Generation generation, SessionId session);
std::string ClosedKey(Generation generation, SessionId session);
std::string EpochKey(PartitionId partition);
std::string GenerationKey();
std::string UncertainKey();
std::string SegmentKey(uint64_t number);
uint64_t ParseSegmentKey(absl::string_view key);
std::string StateKey();

std::string Encode(const Chunk& row);
std::string Encode(const Tombstone& row);
std::string Encode(const Session& row);
std::string Encode(const InstalledEpochRow& row);
std::string Encode(const Flag& row);
std::string Encode(const SegmentState& row);
std::string Encode(const State& row);

std::optional<Chunk> DecodeChunk(absl::string_view value);
std::optional<Tombstone> DecodeTombstone(absl::string_view value);
std::optional<Session> DecodeSession(absl::string_view value);
std::optional<InstalledEpochRow> DecodeEpoch(absl::string_view value);
std::optional<Flag> DecodeFlag(absl::string_view value);
std::optional<SegmentState> DecodeSegment(absl::string_view value);
std::optional<State> DecodeState(absl::string_view value);

}  // namespace trebol::rows
