#include "storage-node/engine/index_rows.h"

#include "storage-node/engine/byte_reader.h"

namespace trebol::rows {
namespace {

constexpr uint32_t kFormat = 2;

std::string Key(char prefix) { return std::string(1, prefix); }

std::string SessionPairKey(char prefix, Generation generation, SessionId session) {
  std::string key = Key(prefix);
  AppendBigEndian64(generation.value, &key);
  AppendBigEndian64(session.value, &key);
  return key;
}

}  // namespace

std::string ChunkKey(const ChunkId& id) {
  std::string key = Key(kChunkPrefix);
  AppendChunkId(id, &key);
  return key;
}
std::string VersionChunksKey(const VersionId& version) {
  std::string key = Key(kChunkPrefix);
  AppendVersionId(version, &key);
  return key;
}
std::string SessionChunksKey(Generation generation, SessionId session) {
  return SessionPairKey(kChunkPrefix, generation, session);
}
ChunkId ParseChunkKey(absl::string_view key) { return DecodeChunkId(key.substr(1)); }
std::string HashKey(uint64_t hash, const ChunkId& id) {
  std::string key = FirstHashKey(hash);
  AppendChunkId(id, &key);
  return key;
}
std::string FirstHashKey(uint64_t hash) {
  std::string key = Key(kHashPrefix);
  key.reserve(1 + sizeof hash + kChunkIdSize);
  AppendBigEndian64(hash, &key);
  return key;
}
uint64_t HashOfHashKey(absl::string_view key) { return LoadBigEndian64(key.data() + 1); }
ChunkId ChunkOfHashKey(absl::string_view key) { return DecodeChunkId(key.substr(1 + 8)); }
std::string EncodeSize(uint32_t size) {
  std::string out;
  AppendLittleEndian(size, &out);
  return out;
}
std::optional<uint32_t> DecodeSize(absl::string_view value) {
  ByteReader in(value);
  const uint32_t size = in.Take<uint32_t>();
  if (!in.AtEnd()) return std::nullopt;
  return size;
}
std::string TombstoneKey(const VersionId& version) {
  std::string key = Key(kTombstonePrefix);
  AppendVersionId(version, &key);
  return key;
}
std::string SessionKey(Generation generation, SessionId session) {
  return SessionPairKey(kSessionPrefix, generation, session);
}
std::string ClosedKey(Generation generation, SessionId session) {
  return SessionPairKey(kClosedPrefix, generation, session);
}
std::string EpochKey(PartitionId partition) {
  std::string key = Key(kEpochPrefix);
  AppendBigEndian64(partition.value, &key);
  return key;
}
std::string GenerationKey() { return "g"; }
std::string UncertainKey() { return "u"; }
std::string SegmentKey(uint64_t number) {
  std::string key = Key(kSegmentPrefix);
  AppendBigEndian64(number, &key);
  return key;
}
uint64_t ParseSegmentKey(absl::string_view key) { return LoadBigEndian64(key.data() + 1); }
std::string StateKey() { return "p"; }

std::string Encode(const Chunk& row) {
  std::string out;
  out.reserve(40 + row.block_crcs.size() * 4);
  AppendLittleEndian(row.place.segment, &out);
  AppendLittleEndian(row.place.offset, &out);
  AppendLittleEndian(row.size, &out);
  AppendLittleEndian(row.crc32c, &out);
  AppendLittleEndian(row.hint_for.value, &out);
  AppendLittleEndian(row.quarantined_in, &out);
  if (row.block_crcs.size() < 2) return out;
  for (uint32_t crc : row.block_crcs) AppendLittleEndian(crc, &out);
  return out;
}

std::optional<Chunk> DecodeChunk(absl::string_view value) {
  ByteReader in(value);
  Chunk row;
  row.place.segment = in.Take<uint64_t>();
  row.place.offset = in.Take<uint64_t>();
  row.size = in.Take<uint32_t>();
  row.crc32c = in.Take<uint32_t>();
  row.hint_for = NodeId(in.Take<uint64_t>());
  row.quarantined_in = in.Take<uint64_t>();
  const uint32_t blocks = BlockCount(row.size);
  if (blocks == 1) row.block_crcs = {row.crc32c};
  if (blocks > 1) {
    if (in.remaining() != blocks * sizeof(uint32_t)) return std::nullopt;
    row.block_crcs.resize(blocks);
    for (uint32_t& crc : row.block_crcs) crc = in.Take<uint32_t>();
  }
  if (!in.AtEnd()) return std::nullopt;
  return row;
}

std::string Encode(const Tombstone& row) {
  std::string out;
  AppendLittleEndian(row.segment, &out);
  AppendLittleEndian(static_cast<int64_t>(absl::ToUnixSeconds(row.made_at)), &out);
  AppendLittleEndian(row.made_position, &out);
  return out;
}

std::optional<Tombstone> DecodeTombstone(absl::string_view value) {
  ByteReader in(value);
  Tombstone row;
  row.segment = in.Take<uint64_t>();
  row.made_at = absl::FromUnixSeconds(in.Take<int64_t>());
  row.made_position = in.Take<uint64_t>();
  if (!in.AtEnd()) return std::nullopt;
  return row;
}

std::string Encode(const Session& row) {
  std::string out;
  AppendLittleEndian(row.segment, &out);
  return out + EncodeRecord(SessionMarksRecord{.marks = row.marks});
}

std::optional<Session> DecodeSession(absl::string_view value) {
  ByteReader in(value);
  Session row;
  row.segment = in.Take<uint64_t>();
  auto record = DecodeRecord(RecordKind::kSessionMarks, in.TakeBytes(in.remaining()), 0);
  if (!in.ok() || !record) return std::nullopt;
  row.marks = std::get<SessionMarksRecord>(*std::move(record)).marks;
  return row;
}

std::string Encode(const InstalledEpochRow& row) {
  std::string out;
  AppendLittleEndian(row.segment, &out);
  return out + EncodeRecord(EpochRecord{.epoch = row.epoch});
}

std::optional<InstalledEpochRow> DecodeEpoch(absl::string_view value) {
  ByteReader in(value);
  InstalledEpochRow row;
  row.segment = in.Take<uint64_t>();
  auto record = DecodeRecord(RecordKind::kEpoch, in.TakeBytes(in.remaining()), 0);
  if (!in.ok() || !record) return std::nullopt;
  row.epoch = std::get<EpochRecord>(*std::move(record)).epoch;
  return row;
}

std::string Encode(const Flag& row) {
  std::string out;
  AppendLittleEndian(row.segment, &out);
  AppendLittleEndian(row.value, &out);
  return out;
}

std::optional<Flag> DecodeFlag(absl::string_view value) {
  ByteReader in(value);
  Flag row;
  row.segment = in.Take<uint64_t>();
  row.value = in.Take<uint64_t>();
  if (!in.AtEnd()) return std::nullopt;
  return row;
}

std::string Encode(const SegmentState& row) {
  std::string out;
  AppendLittleEndian(row.id.high, &out);
  AppendLittleEndian(row.id.low, &out);
  AppendLittleEndian(row.end, &out);
  AppendLittleEndian(row.live_bytes, &out);
  out.push_back(row.dropped ? 1 : 0);
  return out;
}

std::optional<SegmentState> DecodeSegment(absl::string_view value) {
  ByteReader in(value);
  SegmentState row;
  row.id.high = in.Take<uint64_t>();
  row.id.low = in.Take<uint64_t>();
  row.end = in.Take<uint64_t>();
  row.live_bytes = in.Take<uint64_t>();
  row.dropped = in.Take<uint8_t>() != 0;
  if (!in.AtEnd()) return std::nullopt;
  return row;
}

std::string Encode(const State& row) {
  std::string out;
  AppendLittleEndian(kFormat, &out);
  AppendLittleEndian(row.disk.value, &out);
  AppendLittleEndian(row.position.segment, &out);
  AppendLittleEndian(row.position.offset, &out);
  AppendLittleEndian(row.lineage.term, &out);
  AppendLittleEndian(row.lineage.index.value, &out);
  AppendLittleEndian(row.chunks, &out);
  AppendLittleEndian(row.chunk_bytes, &out);
  AppendLittleEndian(row.quarantined, &out);
  out.push_back(row.uncertain ? 1 : 0);
  return out;
}

std::optional<State> DecodeState(absl::string_view value) {
  ByteReader in(value);
  if (in.Take<uint32_t>() != kFormat) return std::nullopt;
  State row;
  row.disk = DiskId(in.Take<uint64_t>());
  row.position.segment = in.Take<uint64_t>();
  row.position.offset = in.Take<uint64_t>();
  row.lineage.term = in.Take<uint64_t>();
  row.lineage.index = LogIndex(in.Take<uint64_t>());
  row.chunks = in.Take<uint64_t>();
  row.chunk_bytes = in.Take<uint64_t>();
  row.quarantined = in.Take<uint64_t>();
  row.uncertain = in.Take<uint8_t>() != 0;
  if (!in.AtEnd()) return std::nullopt;
  return row;
}

}  // namespace trebol::rows
