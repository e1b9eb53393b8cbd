#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/checksum/crc32c.h"
#include "storage-node/engine/batch.h"
#include "storage-node/engine/segment.h"
#include "storage-node/engine/session_marks.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

std::vector<Record> OneOfEach() {
  const ChunkId id = MakeChunkId(5, 6);
  return {PutRecord{.id = id, .hint_for = NodeId(9), .crc32c = 77, .block_crcs = {77}},
          HintDoneRecord{.id = id},
          TombstoneRecord{.version = id.version,
                          .made_at = absl::FromUnixSeconds(1700000000),
                          .made_position = 12345},
          ForgetRecord{.id = id, .place = {.segment = 2, .offset = 8192}},
          QuarantineRecord{.id = id, .place = {.segment = 3, .offset = 4096}},
          SessionMarksRecord{.marks = {.generation = Generation(1),
                                       .session = SessionId(2),
                                       .decided_below = 3,
                                       .open = {1},
                                       .replicated_below = 4,
                                       .owed = {2, 3}}},
          SessionClosedRecord{.generation = Generation(1), .session = SessionId(2)},
          EpochRecord{.epoch = {PartitionId(7), Epoch(8), "entry"}},
          GenerationRecord{.generation = Generation(11)},
          UncertainRecord{.uncertain = true},
          SealRecord(),
          CommitRecord{.manifest = "manifest"}};
}

Batch SampleBatch() {
  Batch batch{.segment = {.high = 1, .low = 2},
              .offset = 8192,
              .synced_offset = 8192,
              .lineage = {.term = 3, .index = LogIndex(4)},
              .size = 4096};
  for (const Record& record : OneOfEach()) {
    const bool put = std::holds_alternative<PutRecord>(record);
    batch.entries.push_back(
        {.record = record, .payload_offset = 2000, .payload_size = put ? 100u : 0u});
  }
  return batch;
}

std::string Encoded(const Batch& batch) {
  std::string header(4096, '\0');
  header.resize(EncodeBatchHeader(batch, header.data()));
  return header;
}

TEST(BatchHeader, GivesBackEveryKindOfRecord) {
  const Batch batch = SampleBatch();
  const std::string header = Encoded(batch);
  const auto decoded = DecodeBatchHeader(header, batch.segment, batch.offset);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->lineage, batch.lineage);
  ASSERT_EQ(decoded->entries.size(), batch.entries.size());
  for (size_t i = 0; i < batch.entries.size(); ++i) {
    EXPECT_EQ(KindOf(decoded->entries[i].record), KindOf(batch.entries[i].record));
    EXPECT_EQ(EncodeRecord(decoded->entries[i].record), EncodeRecord(batch.entries[i].record));
  }
}

// The format is on disks. If this fails, either a bug came in or the format number must rise.
TEST(BatchHeader, IsFrozen) { EXPECT_EQ(Crc32c(Encoded(SampleBatch())), 3910120023u); }

TEST(BatchHeader, IsRefusedWithAnyBitFlippedOrInAnotherPlace) {
  const Batch batch = SampleBatch();
  const std::string header = Encoded(batch);
  for (size_t bit = 0; bit < header.size() * 8; ++bit) {
    std::string bad = header;
    bad[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_FALSE(DecodeBatchHeader(bad, batch.segment, batch.offset)) << bit;
  }
  EXPECT_FALSE(DecodeBatchHeader(header, batch.segment, batch.offset + 4096));
  EXPECT_FALSE(DecodeBatchHeader(header, SegmentId{.high = 1, .low = 3}, batch.offset));
}

TEST(SegmentHeader, IsReadFromTheCopyThatIsWhole) {
  SegmentHeader header;
  header.number = 7;
  const std::string whole = EncodeSegmentHeader(header);
  // Also where the bit is of the format, which the checksum does not cover.
  for (size_t bit = 0; bit < 72 * 8; ++bit) {
    for (const size_t copy : {size_t{0}, whole.size() / 2}) {
      std::string damaged = whole;
      damaged[copy + bit / 8] ^= static_cast<char>(1 << bit % 8);
      const auto decoded = DecodeSegmentHeader(damaged, "path");
      ASSERT_TRUE(decoded.ok()) << bit << ": " << decoded.status();
      ASSERT_TRUE(decoded->has_value()) << bit;
      EXPECT_EQ((*decoded)->number, 7u);
    }
  }
  std::string both = whole;
  both[8] ^= 4, both[whole.size() / 2 + 8] ^= 2;
  EXPECT_FALSE(DecodeSegmentHeader(both, "path")->has_value()) << "two odd numbers are damage";
  both = whole;
  both[8] = both[whole.size() / 2 + 8] = 2;
  const absl::Status newer = DecodeSegmentHeader(both, "path").status();
  EXPECT_EQ(ReasonOf(newer), v1::UNSUPPORTED_FORMAT) << newer;
}

TEST(SessionMarks, NeverFall) {
  const SessionMarks known{.decided_below = 10, .open = {4, 7}, .replicated_below = 5, .owed = {2}};
  // A late duplicate.
  SessionMarks said{.decided_below = 8, .open = {4, 6}, .replicated_below = 3};
  EXPECT_EQ(MergeMarks(known, said), known);
  // Below the old mark nothing opens again.
  said = {.decided_below = 12, .open = {3, 7, 11}, .replicated_below = 5, .owed = {1, 2}};
  const SessionMarks merged = MergeMarks(known, said);
  EXPECT_EQ(merged.decided_below, 12u);
  EXPECT_EQ(merged.open, (std::vector<uint64_t>{7, 11}));
  EXPECT_EQ(merged.owed, (std::vector<uint64_t>{2}));
}

}  // namespace
}  // namespace trebol
