#include "storage-node/engine/record.h"

#include <utility>

#include "common/base/limits.h"
#include "storage-node/engine/byte_reader.h"

namespace trebol {
namespace {

void AppendNumbers(const std::vector<uint64_t>& numbers, std::string* out) {
  AppendLittleEndian(static_cast<uint32_t>(numbers.size()), out);
  for (uint64_t number : numbers) AppendLittleEndian(number, out);
}

std::vector<uint64_t> TakeNumbers(ByteReader& in) {
  std::vector<uint64_t> numbers(in.TakeCount(sizeof(uint64_t)));
  for (uint64_t& number : numbers) number = in.Take<uint64_t>();
  return numbers;
}

ChunkId TakeChunkId(ByteReader& in) {
  const absl::string_view bytes = in.TakeBytes(kChunkIdSize);
  return in.ok() ? DecodeChunkId(bytes) : ChunkId();
}

Place TakePlace(ByteReader& in) {
  Place place;
  place.segment = in.Take<uint64_t>();
  place.offset = in.Take<uint64_t>();
  return place;
}

struct Encoder {
  std::string out;

  void operator()(const PutRecord& put) {
    AppendChunkId(put.id, &out);
    AppendLittleEndian(put.hint_for.value, &out);
    AppendLittleEndian(put.crc32c, &out);
    // The only block of a small chunk has the checksum of the whole.
    if (put.block_crcs.size() < 2) return;
    for (uint32_t crc : put.block_crcs) AppendLittleEndian(crc, &out);
  }
  void operator()(const HintDoneRecord& done) { AppendChunkId(done.id, &out); }
  void operator()(const TombstoneRecord& tombstone) {
    AppendVersionId(tombstone.version, &out);
    AppendLittleEndian(static_cast<int64_t>(absl::ToUnixSeconds(tombstone.made_at)), &out);
    AppendLittleEndian(tombstone.made_position, &out);
  }
  void operator()(const ForgetRecord& forget) { IdAndPlace(forget.id, forget.place); }
  void operator()(const QuarantineRecord& bad) { IdAndPlace(bad.id, bad.place); }
  void operator()(const SessionMarksRecord& record) {
    AppendLittleEndian(record.marks.generation.value, &out);
    AppendLittleEndian(record.marks.session.value, &out);
    AppendLittleEndian(record.marks.decided_below, &out);
    AppendLittleEndian(record.marks.replicated_below, &out);
    AppendNumbers(record.marks.open, &out);
    AppendNumbers(record.marks.owed, &out);
  }
  void operator()(const SessionClosedRecord& closed) {
    AppendLittleEndian(closed.generation.value, &out);
    AppendLittleEndian(closed.session.value, &out);
  }
  void operator()(const EpochRecord& record) {
    AppendLittleEndian(record.epoch.partition.value, &out);
    AppendLittleEndian(record.epoch.epoch.value, &out);
    out += record.epoch.entry;
  }
  void operator()(const GenerationRecord& record) {
    AppendLittleEndian(record.generation.value, &out);
  }
  void operator()(const UncertainRecord& record) { out.push_back(record.uncertain ? 1 : 0); }
  void operator()(const SealRecord&) {}
  void operator()(const CommitRecord& commit) { out += commit.manifest; }

  void IdAndPlace(const ChunkId& id, const Place& place) {
    AppendChunkId(id, &out);
    AppendLittleEndian(place.segment, &out);
    AppendLittleEndian(place.offset, &out);
  }
};

PutRecord TakePut(ByteReader& in, uint32_t payload_size) {
  PutRecord put;
  put.id = TakeChunkId(in);
  put.hint_for = NodeId(in.Take<uint64_t>());
  put.crc32c = in.Take<uint32_t>();
  const uint32_t blocks = BlockCount(payload_size);
  if (blocks == 1) put.block_crcs = {put.crc32c};
  if (blocks < 2) return put;
  if (in.remaining() != blocks * sizeof(uint32_t)) {
    in.TakeBytes(in.remaining() + 1);  // not a put of this size: fails the reader
    return put;
  }
  put.block_crcs.resize(blocks);
  for (uint32_t& crc : put.block_crcs) crc = in.Take<uint32_t>();
  return put;
}

TombstoneRecord TakeTombstone(ByteReader& in) {
  TombstoneRecord tombstone;
  const absl::string_view version = in.TakeBytes(kVersionIdSize);
  if (in.ok()) tombstone.version = DecodeVersionId(version);
  tombstone.made_at = absl::FromUnixSeconds(in.Take<int64_t>());
  tombstone.made_position = in.Take<uint64_t>();
  return tombstone;
}

SessionMarks TakeMarks(ByteReader& in) {
  SessionMarks marks;
  marks.generation = Generation(in.Take<uint64_t>());
  marks.session = SessionId(in.Take<uint64_t>());
  marks.decided_below = in.Take<uint64_t>();
  marks.replicated_below = in.Take<uint64_t>();
  marks.open = TakeNumbers(in);
  marks.owed = TakeNumbers(in);
  return marks;
}

std::optional<Record> TakeRecord(RecordKind kind, ByteReader& in, uint32_t payload_size) {
  switch (kind) {
    case RecordKind::kPut:
      return TakePut(in, payload_size);
    case RecordKind::kHintDone:
      return HintDoneRecord{.id = TakeChunkId(in)};
    case RecordKind::kTombstone:
      return TakeTombstone(in);
    case RecordKind::kForget: {
      const ChunkId id = TakeChunkId(in);
      return ForgetRecord{.id = id, .place = TakePlace(in)};
    }
    case RecordKind::kQuarantine: {
      const ChunkId id = TakeChunkId(in);
      return QuarantineRecord{.id = id, .place = TakePlace(in)};
    }
    case RecordKind::kSessionMarks:
      return SessionMarksRecord{.marks = TakeMarks(in)};
    case RecordKind::kSessionClosed: {
      const Generation generation(in.Take<uint64_t>());
      return SessionClosedRecord{.generation = generation,
                                 .session = SessionId(in.Take<uint64_t>())};
    }
    case RecordKind::kEpoch: {
      EpochRecord record;
      record.epoch.partition = PartitionId(in.Take<uint64_t>());
      record.epoch.epoch = Epoch(in.Take<uint64_t>());
      record.epoch.entry = std::string(in.TakeBytes(in.remaining()));
      return record;
    }
    case RecordKind::kGeneration:
      return GenerationRecord{.generation = Generation(in.Take<uint64_t>())};
    case RecordKind::kUncertain:
      return UncertainRecord{.uncertain = in.Take<uint8_t>() != 0};
    case RecordKind::kSeal:
      return SealRecord();
    case RecordKind::kCommit:
      return CommitRecord{.manifest = std::string(in.TakeBytes(in.remaining()))};
  }
  return std::nullopt;
}

}  // namespace

RecordKind KindOf(const Record& record) {
  return std::visit([](const auto& body) { return body.kKind; }, record);
}

uint32_t BlockCount(uint32_t payload_size) {
  return (payload_size + kChecksumBlockSize - 1) / kChecksumBlockSize;
}

std::string EncodeRecord(const Record& record) {
  Encoder encoder;
  std::visit(encoder, record);
  return std::move(encoder.out);
}

std::optional<Record> DecodeRecord(RecordKind kind, absl::string_view body, uint32_t payload_size) {
  ByteReader in(body);
  std::optional<Record> record = TakeRecord(kind, in, payload_size);
  if (!in.AtEnd()) return std::nullopt;
  return record;
}

}  // namespace trebol
