// What a store knows after it was opened again, whatever the disk did to it meanwhile.
#include "storage-node/engine/recovery.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

constexpr char kDirectory[] = "/disk/node";

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() : options_(TestOptions(kDirectory)) {
    options_.files = &disk_.files();
    options_.index_env = disk_.rocksdb_env();
    options_.clock = &clock_;
    options_.segment_size = 64 * 1024;
  }

  void Open() {
    store_.reset();
    auto store = SegmentChunkStore::Open(options_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void CutPower(uint64_t seed) {
    disk_.CutPower();
    store_.reset();
    disk_.RestorePower(seed);
  }
  void Put(uint64_t from, uint64_t to, size_t size) {
    for (uint64_t i = from; i <= to; ++i) {
      const auto put = PutBytes(*store_, MakeChunkId(i), MakeBytes(i, size));
      ASSERT_TRUE(put.ok()) << put.status();
    }
  }
  ErrorReason GetError(uint64_t i) { return ReasonOf(store_->Get(MakeChunkId(i), 0, 0).status()); }
  std::vector<std::string> Segments() const {
    return disk_.Paths(absl::StrCat(SegmentDirectory(kDirectory), "/"));
  }

  SimulatedDisk disk_;
  ManualClock clock_;
  EngineOptions options_;
  std::unique_ptr<SegmentChunkStore> store_;
};

TEST_F(RecoveryTest, KeepsTheLineageThatAnIdleNodeLogged) {
  const LogLineage lineage{.term = 9, .index = LogIndex(100)};
  Open();
  Put(1, 1, 1000);
  ASSERT_TRUE(store_->Tick().ok());
  ASSERT_TRUE(store_->Tick().ok());
  store_->NoteLineage(lineage);
  clock_.Advance(absl::Seconds(31));
  ASSERT_TRUE(store_->Tick().ok());
  for (uint64_t seed = 1; seed <= 5; ++seed) {  // also when nothing is written between two cuts
    CutPower(seed);
    Open();
    EXPECT_EQ(store_->Statistics().lineage, lineage) << seed;
  }
  EXPECT_FALSE(store_->Statistics().uncertain);
}

}  // namespace
}  // namespace trebol
