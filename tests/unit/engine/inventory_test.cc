#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/cluster/placement_hash.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

constexpr size_t kPartitions = 4;

class InventoryTest : public testing::Test {
 protected:
  InventoryTest() : options_(TestOptions("/disk/node")) {
    options_.files = &disk_.files();
    options_.index_env = disk_.rocksdb_env();
    options_.segment_size = 64 * 1024;
    Open();
  }
  void Open() {
    store_.reset();
    auto store = SegmentChunkStore::Open(options_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void Put(const ChunkId& id, size_t size = 1000) {
    ASSERT_TRUE(PutBytes(*store_, id, MakeBytes(id.version.sequence, size)).ok());
  }
  ChunkDigest Digest(const ChunkId& id, std::vector<DecidedMark> undecided = {}) {
    const auto digests =
        store_->inventory().Digests({PartitionOf(id, kPartitions)}, kPartitions, undecided);
    EXPECT_TRUE(digests.ok()) << digests.status();
    return digests.ok() ? digests->front() : ChunkDigest();
  }
  std::vector<ListedChunk> List(const ChunkId& id) {
    auto list = store_->inventory().List(PartitionOf(id, kPartitions), kPartitions, {}, 100, {});
    EXPECT_TRUE(list.ok()) << list.status();
    return list.ok() ? *std::move(list) : std::vector<ListedChunk>();
  }
  ChunkDigest Only(const ChunkId& id, uint64_t size = 1000) {
    ChunkDigest digest;
    digest.Add(PlacementHash(id), size);
    return digest;
  }

  SimulatedDisk disk_;
  EngineOptions options_;
  std::unique_ptr<SegmentChunkStore> store_;
};

TEST_F(InventoryTest, FollowsPutsAndDeletesOnceItWasAsked) {
  const ChunkId id = MakeChunkId(1);
  EXPECT_EQ(Digest(id), ChunkDigest());
  Put(id);
  EXPECT_EQ(Digest(id), Only(id));
  ASSERT_EQ(List(id).size(), 1u);
  EXPECT_EQ(List(id)[0].id, id);
  EXPECT_EQ(List(id)[0].size, 1000u);
  ASSERT_TRUE(store_->DeleteVersions({id.version}).ok());
  EXPECT_EQ(Digest(id), ChunkDigest());
  EXPECT_TRUE(List(id).empty());
}

TEST_F(InventoryTest, KnowsAfterARestartWhatIsThere) {
  const ChunkId id = MakeChunkId(1);
  Put(id);
  Open();
  EXPECT_EQ(Digest(id), Only(id));
}

TEST_F(InventoryTest, LeavesOutWhatIsUndecided) {
  const ChunkId id = MakeChunkId(5);
  Put(id);
  EXPECT_EQ(Digest(id, {{Generation(3), SessionId(7), 5}}), ChunkDigest());
  EXPECT_EQ(Digest(id, {{Generation(3), SessionId(7), 6}}), Only(id));
  EXPECT_EQ(Digest(id, {{Generation(3), SessionId(8), 5}}), Only(id));
}

TEST_F(InventoryTest, DoesNotCountABadCopy) {
  const ChunkId id = MakeChunkId(1);
  Put(id, 5000);
  EXPECT_EQ(Digest(id), Only(id, 5000));
  // One bit of the payload.
  const std::string bytes = MakeBytes(1, 5000);
  for (const std::string& path : disk_.Paths("/disk/node/segments/")) {
    std::string content = disk_.Content(path);
    const size_t at = content.find(bytes.substr(100, 50));
    if (at == std::string::npos) continue;
    content[at] ^= 1;
    disk_.SetContent(path, content);
  }
  EXPECT_EQ(ReasonOf(store_->Get(id, 0, 0).status()), v1::CHUNK_CORRUPT)
      << "a rotten copy was served, or is not said to be one";
  EXPECT_EQ(Digest(id), ChunkDigest());
  EXPECT_TRUE(List(id).empty());
  Put(id, 5000);  // a good copy takes its place
  EXPECT_EQ(Digest(id), Only(id, 5000));
}

TEST_F(InventoryTest, ListsEveryVersionThatItHoldsAnythingOf) {
  const auto versions = [&](const VersionId& after, size_t limit) {
    const auto page = store_->inventory().Versions(after, limit);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? *page : VersionPage();
  };
  EXPECT_TRUE(versions({}, 10).versions.empty());
  const ChunkId first = MakeChunkId(1);
  const ChunkId last{first.version, 0xFFFFFFFF};
  const ChunkId second = MakeChunkId(2);
  const ChunkId other{{Generation(9), SessionId(1), 1}, 5};
  const ChunkId deleted = MakeChunkId(3);
  for (const ChunkId& id : {first, last, second, other, deleted}) Put(id);
  ASSERT_TRUE(store_->DeleteVersions({deleted.version}).ok());
  VersionPage page = versions({}, 2);
  ASSERT_EQ(page.versions.size(), 2u);
  EXPECT_TRUE(page.more);
  EXPECT_EQ(page.versions[0].version, first.version);
  EXPECT_EQ(page.versions[0].chunks, 2u);
  EXPECT_EQ(page.versions[0].bytes, 2000u);
  EXPECT_EQ(page.versions[1].version, second.version);
  EXPECT_EQ(page.versions[1].chunks, 1u);
  // Goes on behind a version, whichever chunks of it there are.
  page = versions(first.version, 1);
  ASSERT_EQ(page.versions.size(), 1u);
  EXPECT_EQ(page.versions[0].version, second.version);
  EXPECT_TRUE(page.more);
  page = versions(second.version, 1);
  ASSERT_EQ(page.versions.size(), 1u);
  EXPECT_EQ(page.versions[0].version, other.version);
  EXPECT_FALSE(page.more);
  EXPECT_TRUE(versions(other.version, 1).versions.empty());
}

TEST_F(InventoryTest, ForgetsOneCopyAndTakesItAgain) {
  const ChunkId id = MakeChunkId(1);
  Put(id);
  Put(MakeChunkId(2));
  ASSERT_TRUE(store_->inventory().Forget({id}).ok());
  EXPECT_EQ(ReasonOf(store_->Get(id, 0, 0).status()), v1::CHUNK_NOT_FOUND);
  EXPECT_EQ(store_->Stat(id)->state, ChunkState::kAbsent);
  EXPECT_TRUE(store_->Get(MakeChunkId(2), 0, 0).ok());
  ASSERT_TRUE(store_->inventory().Forget({id}).ok());  // idempotent
  Put(id);
  EXPECT_TRUE(store_->Get(id, 0, 0).ok());
}

TEST_F(InventoryTest, AForgottenCopyStaysForgottenAfterCompactionAndARebuild) {
  const ChunkId kept = MakeChunkId(100);
  Put(kept, 40'000);  // keeps its segment more than 60 % alive
  const ChunkId id = MakeChunkId(1);
  Put(id, 1000);
  for (uint64_t i = 2; i < 4; ++i) Put(MakeChunkId(i), 30'000);  // the next segment
  ASSERT_TRUE(store_->inventory().Forget({id}).ok());
  for (uint64_t i = 2; i < 4; ++i) {  // the segment of the forget becomes worth a compaction
    ASSERT_TRUE(store_->DeleteVersions({MakeChunkId(i).version}).ok());
  }
  Put(MakeChunkId(200), 60'000);
  Put(MakeChunkId(201), 60'000);
  bool did_work = true;
  int compactions = 0;
  for (; did_work && compactions < 10; ++compactions) {
    ASSERT_TRUE(store_->CompactOnce(&did_work).ok());
  }
  ASSERT_GT(compactions, 1);
  store_.reset();
  for (const std::string& path : disk_.Paths("/disk/node/index/")) {
    ASSERT_TRUE(disk_.files().Remove(path).ok());
  }
  Open();
  ASSERT_GT(store_->recovery().replayed_batches, 0u);
  EXPECT_TRUE(store_->Get(kept, 0, 0).ok());
  EXPECT_EQ(ReasonOf(store_->Get(id, 0, 0).status()), v1::CHUNK_NOT_FOUND);
}

TEST_F(InventoryTest, NamesTheMarksOfOpenSessions) {
  SessionMarks marks{.generation = Generation(3), .session = SessionId(7), .decided_below = 9};
  ASSERT_TRUE(store_->RecordSession(marks, {}).ok());
  marks.session = SessionId(8);
  ASSERT_TRUE(store_->RecordSession(marks, {}).ok());
  ASSERT_TRUE(store_->CloseSession(Generation(3), SessionId(8)).ok());
  const auto known = store_->inventory().DecidedMarks();
  ASSERT_TRUE(known.ok());
  EXPECT_EQ(*known, std::vector<DecidedMark>({{Generation(3), SessionId(7), 9}}));
}

TEST_F(InventoryTest, LeavesNothingOutForASessionThatIsNotHeardAfterAStart) {
  const SessionMarks marks{
      .generation = Generation(3), .session = SessionId(7), .decided_below = 9};
  ASSERT_TRUE(store_->RecordSession(marks, {}).ok());
  Open();
  // It may have ended meanwhile: then nobody would ever say more of it.
  EXPECT_EQ(*store_->inventory().DecidedMarks(), std::vector<DecidedMark>());
  ASSERT_TRUE(store_->RecordSession(marks, {}).ok());
  EXPECT_EQ(*store_->inventory().DecidedMarks(),
            std::vector<DecidedMark>({{Generation(3), SessionId(7), 9}}));
}

TEST_F(InventoryTest, TakesFromPeersWhatAGatewayMayNotWriteAnyMore) {
  const ChunkId id = MakeChunkId(1);
  ASSERT_TRUE(store_->CloseSession(Generation(3), SessionId(7)).ok());
  const std::string bytes = MakeBytes(1, 1000);
  EXPECT_EQ(ReasonOf(PutBytes(*store_, id, bytes).status()), v1::SESSION_CLOSED);
  EXPECT_TRUE(store_->Put(id, Bytes(bytes), Crc32c(bytes), {.from_peer = true}).ok());
}

TEST_F(InventoryTest, AScrubTellsItsEndAndFindsWhatIsBad) {
  Scrubber& scrubber = store_->scrubber();
  ASSERT_EQ(*scrubber.Next(1'000'000), 0u);  // nothing is stored
  EXPECT_EQ(scrubber.progress().passes, 1u);
  for (uint64_t i = 1; i <= 20; ++i) Put(MakeChunkId(i), 10'000);  // several segments
  const std::string bytes = MakeBytes(7, 10'000);
  for (const std::string& path : disk_.Paths("/disk/node/segments/")) {
    std::string content = disk_.Content(path);
    const size_t at = content.find(bytes.substr(100, 50));
    if (at == std::string::npos) continue;
    content[at] ^= 1;
    disk_.SetContent(path, content);
  }
  std::vector<ChunkId> told;
  store_->OnQuarantined([&told](const ChunkId& id) { told.push_back(id); });
  uint64_t read = 0;
  int calls = 0;
  for (uint64_t now = 1; now > 0; ++calls) {
    const auto next = scrubber.Next(25'000);
    ASSERT_TRUE(next.ok()) << next.status();
    now = *next;
    EXPECT_LE(now, 25'000u);
    read += now;
  }
  EXPECT_EQ(read, 200'000u);
  EXPECT_GT(calls, 8);
  EXPECT_EQ(scrubber.progress().passes, 2u);
  EXPECT_EQ(scrubber.progress().bad_chunks, 1u);
  EXPECT_EQ(told, std::vector<ChunkId>({MakeChunkId(7)}));
  EXPECT_EQ(store_->Stat(MakeChunkId(7))->state, ChunkState::kCorrupt);
  store_->OnQuarantined(nullptr);
  ASSERT_GT(*scrubber.Next(25'000), 0u);
  Open();  // goes on, and remembers
  EXPECT_EQ(store_->scrubber().progress().passes, 2u);
}

TEST_F(InventoryTest, ACopyTellsSinceWhenItIsKnownToBeGood) {
  ManualClock clock;
  options_.clock = &clock;
  Open();
  const auto hour = [&] {
    clock.Advance(absl::Hours(1));
    return clock.WallTime();
  };
  const auto since = [&](uint64_t i) { return store_->Stat(MakeChunkId(i))->verified_since; };
  const auto pass = [&] {
    while (*store_->scrubber().Next(1'000'000) > 0) {
    }
  };
  const absl::Time opened = clock.WallTime();
  const absl::Time began = hour();
  for (uint64_t i = 1; i <= 10; ++i) Put(MakeChunkId(i), 20'000);  // several segments
  EXPECT_EQ(since(1), opened) << "it was written after its segment was begun";
  EXPECT_EQ(since(10), began);
  Open();
  EXPECT_EQ(since(1), absl::InfinitePast()) << "another process wrote it";
  const absl::Time scrubbed = hour();
  ASSERT_GT(*store_->scrubber().Next(1'000), 0u);
  EXPECT_EQ(since(1), absl::InfinitePast()) << "its segment is not done";
  hour();
  pass();
  for (uint64_t i = 1; i <= 10; ++i) EXPECT_EQ(since(i), scrubbed) << i;
  const absl::Time later = hour();
  Put(MakeChunkId(11), 1'000);  // where the pass was, and behind it
  EXPECT_LT(since(11), later);
  Open();
  EXPECT_EQ(since(1), scrubbed) << "a restart forgets nothing of it";
  EXPECT_EQ(since(11), absl::InfinitePast());
  const absl::Time again = hour();
  for (int i = 0; i < 3; ++i) ASSERT_GT(*store_->scrubber().Next(70'000), 0u);
  EXPECT_EQ(since(1), again);
  EXPECT_EQ(since(10), scrubbed);
  EXPECT_EQ(since(99), absl::InfinitePast());
}

class DamagedHeaders : public InventoryTest {
 protected:
  /// Six chunks; where the batch of the third begins in its file.
  void PutSix() {
    for (uint64_t i = 1; i <= 6; ++i) Put(MakeChunkId(i), 10'000);
    for (const std::string& path : disk_.Paths("/disk/node/segments/")) {
      const size_t at = disk_.Content(path).find(MakeBytes(3, 10'000).substr(0, 50));
      if (at == std::string::npos) continue;
      path_ = path;
      batch_ = at / kBatchAlignment * kBatchAlignment;
    }
    ASSERT_NE(path_, "");
  }
  void Damage(size_t from, size_t size) {
    std::string content = disk_.Content(path_);
    for (size_t i = from; i < from + size; ++i) content[i] ^= 0x55;
    disk_.SetContent(path_, content);
  }
  void Scrub() {
    for (uint64_t now = 1; now > 0;) {
      const auto next = store_->scrubber().Next(1'000'000);
      ASSERT_TRUE(next.ok()) << next.status();
      now = *next;
    }
  }

  std::string path_;
  size_t batch_ = 0;
};

TEST_F(DamagedHeaders, HideNoBadCopyFromAScrub) {
  PutSix();
  Damage(batch_, kBatchAlignment);  // with the beginning of the chunk
  Scrub();
  EXPECT_EQ(store_->scrubber().progress().bad_chunks, 1u);
  EXPECT_EQ(store_->Stat(MakeChunkId(3))->state, ChunkState::kCorrupt);
  EXPECT_EQ(store_->Stat(MakeChunkId(4))->state, ChunkState::kPresent);
}

TEST_F(DamagedHeaders, AreWrittenAgainAfterAScrub) {
  for (const bool of_segment : {false, true}) {
    SCOPED_TRACE(of_segment);
    PutSix();
    Damage(of_segment ? 20 : batch_ + 20, 1);
    Scrub();
    EXPECT_EQ(store_->scrubber().progress().bad_chunks, 0u);
    Put(MakeChunkId(100 + of_segment), 60'000);  // the next segment, so that this one is sealed
    for (bool did_work = true; did_work;) ASSERT_TRUE(store_->CompactOnce(&did_work).ok());
    EXPECT_TRUE(disk_.Paths(path_).empty()) << "the damaged segment is still there";
    store_.reset();
    for (const std::string& path : disk_.Paths("/disk/node/index/")) {
      ASSERT_TRUE(disk_.files().Remove(path).ok());
    }
    Open();
    EXPECT_FALSE(store_->Statistics().uncertain);
    for (uint64_t i = 1; i <= 6; ++i) {
      const auto got = store_->Get(MakeChunkId(i), 0, 0);
      ASSERT_TRUE(got.ok()) << "LOST: chunk " << i << ": " << got.status();
      EXPECT_EQ(got->data, MakeBytes(i, 10'000));
    }
  }
}

TEST_F(InventoryTest, AFillingDiskRefusesHintsThenCopiesThenWrites) {
  options_.capacity_bytes = 1'000'000;
  Open();
  const std::string bytes = MakeBytes(1, 10'000);
  uint64_t sequence = 0;
  const auto put = [&](const PutOptions& options) {
    return ReasonOf(
        store_->Put(MakeChunkId(++sequence), Bytes(bytes), Crc32c(bytes), options).status());
  };
  const auto fill = [&](double share) {
    while (true) {
      const StoreStatistics now = store_->Statistics();
      if (now.capacity_bytes - now.free_bytes + 30'000 > share * now.capacity_bytes) return;
      ASSERT_EQ(put({}), v1::ERROR_REASON_UNSPECIFIED);
    }
  };
  fill(0.85);
  EXPECT_EQ(put({.hint_for = NodeId(5)}), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(put({}), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(put({}), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(put({.hint_for = NodeId(5)}), v1::DISK_FULL);
  EXPECT_EQ(put({.from_peer = true}), v1::ERROR_REASON_UNSPECIFIED);
  fill(0.92);
  EXPECT_EQ(put({.from_peer = true}), v1::DISK_FULL);
  EXPECT_EQ(put({}), v1::ERROR_REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace trebol
