#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/engine/record.h"

namespace trebol {

/// Random, so that no bytes a user sends can look like a batch of this segment.
struct SegmentId {
  uint64_t high = 0;
  uint64_t low = 0;
  friend bool operator==(const SegmentId&, const SegmentId&) = default;
};

/// A record of a batch and where its payload is, in bytes from the beginning of the batch.
struct BatchEntry {
  Record record;
  uint32_t payload_offset = 0;
  uint32_t payload_size = 0;
};

/// One append: a header that describes every record, then the payloads, then zeros up to a multiple
/// of 4 KiB (docs/formats/segment-record.md). A plain value.
struct Batch {
  SegmentId segment;
  uint64_t offset = 0;         // its own place in the segment
  uint64_t synced_offset = 0;  // everything before it in the segment is known to be durable
  LogLineage lineage;
  uint32_t size = 0;  // of all of it; a multiple of kBatchAlignment
  std::vector<BatchEntry> entries;
};

inline constexpr uint32_t kBatchAlignment = 4096;
inline constexpr uint32_t kBatchFixedSize = 72;
inline constexpr uint32_t kBatchEntryFixedSize = 16;
/// Bounds of what is written, and of what a scan believes.
inline constexpr uint32_t kMaxBatchHeaderSize = 2 * 1024 * 1024;
inline constexpr uint32_t kMaxBatchSize = 64 * 1024 * 1024;

/// Bytes that the record takes in a header.
uint32_t EntrySize(const Record& record, uint32_t payload_size);

/// Writes the header at `to`, which has room for what EntrySize says of each entry and the fixed
/// part. Returns its size.
uint32_t EncodeBatchHeader(const Batch& batch, char* to);

/// The size of the header that begins with `start` (kBatchFixedSize bytes at least), or nullopt if
/// no header of this segment at this offset can begin so.
std::optional<uint32_t> BatchHeaderSize(absl::string_view start, const SegmentId& segment,
                                        uint64_t offset);

/// The batch whose whole header is `header`. nullopt for anything but a header of `segment` that
/// says it stands at `offset`, under a good checksum. Never reads outside `header`.
std::optional<Batch> DecodeBatchHeader(absl::string_view header, const SegmentId& segment,
                                       uint64_t offset);

}  // namespace trebol
