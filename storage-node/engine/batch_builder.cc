#include "storage-node/engine/batch_builder.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/checksum/crc32c.h"

namespace trebol {

void BatchBuilder::Build(absl::Span<LogEntry* const> entries) {
  header_room_ = kBatchFixedSize;
  uint64_t payload = 0;
  for (const LogEntry* entry : entries) {
    header_room_ += EntrySize(entry->record, static_cast<uint32_t>(entry->payload.size()));
    payload += entry->payload.size();
  }
  const uint64_t size =
      (header_room_ + payload + kBatchAlignment - 1) / kBatchAlignment * kBatchAlignment;
  TREBOL_CHECK(size <= kMaxBatchSize && header_room_ <= kMaxBatchHeaderSize);
  buffer_.Reserve(size);
  batch_ = Batch{.size = static_cast<uint32_t>(size)};
  uint32_t at = header_room_;
  for (LogEntry* entry : entries) {
    const auto payload_size = static_cast<uint32_t>(entry->payload.size());
    if (CopyPayload(*entry, at)) {
      batch_.entries.push_back(
          {.record = entry->record, .payload_offset = at, .payload_size = payload_size});
    } else {
      std::memset(buffer_.data() + at, 0, payload_size);
    }
    at += payload_size;
  }
  std::memset(buffer_.data() + at, 0, size - at);
}

bool BatchBuilder::CopyPayload(LogEntry& entry, uint32_t offset) {
  auto* put = std::get_if<PutRecord>(&entry.record);
  if (put == nullptr) return true;
  put->block_crcs.clear();
  char* to = buffer_.data() + offset;
  uint64_t done = 0;
  uint32_t block_crc = 0;
  uint32_t whole_crc = 0;
  const auto end_block = [&](uint64_t block_size) {
    put->block_crcs.push_back(block_crc);
    whole_crc = CombineCrc32c(whole_crc, block_crc, block_size);
    block_crc = 0;
  };
  for (absl::string_view slice : entry.payload.Chunks()) {
    while (!slice.empty()) {
      const uint64_t room = kChecksumBlockSize - done % kChecksumBlockSize;
      const size_t piece = std::min<uint64_t>(room, slice.size());
      block_crc = CopyWithCrc32c(to + done, slice.data(), piece, block_crc);
      done += piece;
      slice.remove_prefix(piece);
      if (done % kChecksumBlockSize == 0) end_block(kChecksumBlockSize);
    }
  }
  if (done % kChecksumBlockSize != 0) end_block(done % kChecksumBlockSize);
  if (entry.expected_crc32c && *entry.expected_crc32c != whole_crc) {
    entry.status = MakeError(
        absl::StatusCode::kInvalidArgument, v1::CHECKSUM_MISMATCH,
        absl::StrCat("chunk ", ToString(put->id), ": the CRC32C of its ", done, " bytes is ",
                     whole_crc, ", the sender gave ", *entry.expected_crc32c, "; send it again"));
    return false;
  }
  put->crc32c = whole_crc;
  return true;
}

void BatchBuilder::Finish(const SegmentId& segment, uint64_t offset, uint64_t synced_offset,
                          const LogLineage& lineage) {
  batch_.segment = segment;
  batch_.offset = offset;
  batch_.synced_offset = synced_offset;
  batch_.lineage = lineage;
  const uint32_t header_size = EncodeBatchHeader(batch_, buffer_.data());
  TREBOL_CHECK(header_size <= header_room_);
  std::memset(buffer_.data() + header_size, 0, header_room_ - header_size);
}

}  // namespace trebol
