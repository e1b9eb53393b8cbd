// Whatever stands on a disk, a scan ends, reads nothing outside and believes no batch of another
// segment. Half of the inputs get a good checksum and identity, so that the parser behind them is
// reached.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/base/check.h"
#include "common/base/endian.h"
#include "common/checksum/crc32c.h"
#include "storage-node/engine/batch.h"
#include "storage-node/engine/index_rows.h"
#include "storage-node/engine/segment_scan.h"
#include "storage-node/engine/superblock.h"
#include "tests/testing/simulated_disk.h"

namespace trebol {
namespace {

constexpr SegmentId kId{.high = 0x1122334455667788, .low = 0x99AABBCCDDEEFF00};
constexpr uint64_t kOffset = kSegmentHeaderSize;

// Makes the input a header that stands where it says.
std::string Authenticate(absl::string_view input) {
  std::string header(input);
  if (header.size() < kBatchFixedSize) header.resize(kBatchFixedSize, '\0');
  Batch empty{.segment = kId, .offset = kOffset, .size = 4 * kBatchAlignment};
  char fixed[kBatchFixedSize];
  EncodeBatchHeader(empty, fixed);
  header.replace(0, 40, fixed, 40);  // up to its own offset; the rest is the input's
  StoreLittleEndian(static_cast<uint32_t>(header.size()), header.data() + 8);
  StoreLittleEndian(Crc32c(absl::string_view(header).substr(8)), header.data() + 4);
  return header;
}

void TryScan(absl::string_view input) {
  static SimulatedDisk& disk = *new SimulatedDisk;
  const SegmentHeader header{.id = kId, .number = 1};
  const std::string content = EncodeSegmentHeader(header) + std::string(input);
  disk.SetContent("/d/1.segment", content);
  Segment segment(disk.files(), "/d/1.segment", header);
  const auto scan = ScanSegment(segment, kOffset, content.size());
  TREBOL_CHECK(scan.ok());
  uint64_t end = kOffset;
  for (const Batch& batch : scan->batches) {
    TREBOL_CHECK(batch.segment == kId && batch.offset >= end && batch.offset % 4096 == 0);
    end = batch.offset + batch.size;
    TREBOL_CHECK(end <= content.size());
    for (const BatchEntry& entry : batch.entries) {
      TREBOL_CHECK(uint64_t{entry.payload_offset} + entry.payload_size <= batch.size);
      // What was read can be written, and is the same.
      const auto again =
          DecodeRecord(KindOf(entry.record), EncodeRecord(entry.record), entry.payload_size);
      TREBOL_CHECK(again.has_value());
    }
  }
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trebol;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  TryScan(input);
  std::string good = Authenticate(input);
  good.resize((good.size() + 4 * kBatchAlignment) / kBatchAlignment * kBatchAlignment, '\0');
  TryScan(good);
  DecodeSegmentHeader(input, "fuzz").status().IgnoreError();
  DecodeSuperblock(std::string(input), "fuzz").status().IgnoreError();
  (void)rows::DecodeChunk(input);
  (void)rows::DecodeSession(input);
  (void)rows::DecodeEpoch(input);
  (void)rows::DecodeState(input);
  return 0;
}
