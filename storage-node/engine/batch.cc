#include "storage-node/engine/batch.h"

#include <cstring>
#include <string>
#include <utility>

#include "common/base/check.h"
#include "common/base/endian.h"
#include "common/base/limits.h"
#include "common/checksum/crc32c.h"
#include "storage-node/engine/byte_reader.h"

namespace trebol {
namespace {

// Frozen: "TBAT".
constexpr uint32_t kBatchMagic = 0x54414254;
constexpr size_t kCrcFrom = 8;  // the checksum covers the header from here on

uint32_t BodySize(const Record& record, uint32_t payload_size) {
  if (std::holds_alternative<PutRecord>(record)) {  // the frequent one, without encoding it
    const uint32_t blocks = BlockCount(payload_size);
    return kChunkIdSize + 12 + (blocks < 2 ? 0 : blocks * 4);
  }
  return static_cast<uint32_t>(EncodeRecord(record).size());
}

}  // namespace

uint32_t EntrySize(const Record& record, uint32_t payload_size) {
  return kBatchEntryFixedSize + BodySize(record, payload_size);
}

uint32_t EncodeBatchHeader(const Batch& batch, char* to) {
  std::string out;
  out.reserve(kBatchFixedSize + batch.entries.size() * 64);
  AppendLittleEndian(kBatchMagic, &out);
  AppendLittleEndian(uint32_t{0}, &out);  // CRC32C of the rest
  AppendLittleEndian(uint32_t{0}, &out);  // header size
  AppendLittleEndian(batch.size, &out);
  AppendLittleEndian(batch.segment.high, &out);
  AppendLittleEndian(batch.segment.low, &out);
  AppendLittleEndian(batch.offset, &out);
  AppendLittleEndian(batch.synced_offset, &out);
  AppendLittleEndian(batch.lineage.term, &out);
  AppendLittleEndian(batch.lineage.index.value, &out);
  AppendLittleEndian(static_cast<uint32_t>(batch.entries.size()), &out);
  AppendLittleEndian(uint32_t{0}, &out);  // reserved
  TREBOL_CHECK(out.size() == kBatchFixedSize);
  for (const BatchEntry& entry : batch.entries) {
    const std::string body = EncodeRecord(entry.record);
    AppendLittleEndian(static_cast<uint32_t>(KindOf(entry.record)), &out);
    AppendLittleEndian(static_cast<uint32_t>(body.size()), &out);
    AppendLittleEndian(entry.payload_offset, &out);
    AppendLittleEndian(entry.payload_size, &out);
    out += body;
  }
  StoreLittleEndian(static_cast<uint32_t>(out.size()), out.data() + 8);
  StoreLittleEndian(Crc32c(absl::string_view(out).substr(kCrcFrom)), out.data() + 4);
  std::memcpy(to, out.data(), out.size());
  return static_cast<uint32_t>(out.size());
}

std::optional<uint32_t> BatchHeaderSize(absl::string_view start, const SegmentId& segment,
                                        uint64_t offset) {
  ByteReader in(start);
  const auto magic = in.Take<uint32_t>();
  in.Take<uint32_t>();
  const auto header_size = in.Take<uint32_t>();
  const auto size = in.Take<uint32_t>();
  SegmentId id;
  id.high = in.Take<uint64_t>();
  id.low = in.Take<uint64_t>();
  const auto own_offset = in.Take<uint64_t>();
  if (!in.ok() || magic != kBatchMagic || id != segment || own_offset != offset)
    return std::nullopt;
  if (header_size < kBatchFixedSize || header_size > kMaxBatchHeaderSize) return std::nullopt;
  if (size < header_size || size > kMaxBatchSize || size % kBatchAlignment != 0)
    return std::nullopt;
  return header_size;
}

std::optional<Batch> DecodeBatchHeader(absl::string_view header, const SegmentId& segment,
                                       uint64_t offset) {
  if (header.size() < kBatchFixedSize) return std::nullopt;
  if (BatchHeaderSize(header, segment, offset) != header.size()) return std::nullopt;
  ByteReader in(header);
  in.Take<uint32_t>();
  if (in.Take<uint32_t>() != Crc32c(header.substr(kCrcFrom))) return std::nullopt;
  in.Take<uint32_t>();
  Batch batch;
  batch.size = in.Take<uint32_t>();
  batch.segment = segment;
  in.TakeBytes(16);
  batch.offset = in.Take<uint64_t>();
  batch.synced_offset = in.Take<uint64_t>();
  batch.lineage.term = in.Take<uint64_t>();
  batch.lineage.index = LogIndex(in.Take<uint64_t>());
  const auto count = in.Take<uint32_t>();
  in.Take<uint32_t>();
  for (uint32_t i = 0; i < count && in.ok(); ++i) {
    const auto kind = in.Take<uint32_t>();
    const auto body_size = in.Take<uint32_t>();
    BatchEntry entry;
    entry.payload_offset = in.Take<uint32_t>();
    entry.payload_size = in.Take<uint32_t>();
    const absl::string_view body = in.TakeBytes(body_size);
    if (entry.payload_size > kMaxChunkSize || entry.payload_offset > batch.size ||
        entry.payload_size > batch.size - entry.payload_offset || kind > 255) {
      return std::nullopt;
    }
    auto record = DecodeRecord(static_cast<RecordKind>(kind), body, entry.payload_size);
    if (!record) return std::nullopt;
    entry.record = *std::move(record);
    batch.entries.push_back(std::move(entry));
  }
  if (!in.AtEnd() || batch.synced_offset > batch.offset) return std::nullopt;
  return batch;
}

}  // namespace trebol
