#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/base/bytes.h"
#include "storage-node/engine/aligned_buffer.h"
#include "storage-node/engine/batch.h"

namespace trebol {

/// One record that somebody wants in the log, and what became of it.
struct LogEntry {
  Record record;
  Bytes payload;
  std::optional<uint32_t> expected_crc32c;  // of the payload; verified while it is copied
  absl::Status status;                      // why this record does not count, though the batch does
  uint64_t deleted_chunks = 0;              // by a tombstone
  uint64_t deleted_bytes = 0;
};

/// Lays records out as one batch in one aligned buffer. The only copy of the payload happens here,
/// and its checksums are computed in the same pass. Not thread-safe; its memory is kept between
/// batches.
class BatchBuilder {
 public:
  /// Copies the payloads and fills in the checksums of puts. An entry whose payload is not what its
  /// sender summed gets CHECKSUM_MISMATCH and is left out of the batch.
  void Build(absl::Span<LogEntry* const> entries);

  /// Writes the header, now that the place is known. `batch()` is complete from here on.
  void Finish(const SegmentId& segment, uint64_t offset, uint64_t synced_offset,
              const LogLineage& lineage);

  const Batch& batch() const { return batch_; }
  const char* data() { return buffer_.data(); }
  void ReleaseMemory() { buffer_.Release(); }

 private:
  bool CopyPayload(LogEntry& entry, uint32_t offset);

  AlignedBuffer buffer_;
  Batch batch_;
  uint32_t header_room_ = 0;
};

}  // namespace trebol
