#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/cluster/placement_hash.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "tests/testing/simulated_disk.h"
#include "tests/unit/engine/engine_testing.h"

namespace trebol {
namespace {

/// The engine and a map side by side. One thread, so that everything that returned OK is known.
class Pair {
 public:
  Pair() : options_(TestOptions("/disk/node")) {
    options_.files = &disk_.files();
    options_.index_env = disk_.rocksdb_env();
    options_.segment_size = 64 * 1024;
    Open();
  }

  void Do(uint8_t operation, uint32_t number) {
    const ChunkId id = MakeChunkId(1 + number % 16, number / 16 % 2, 1 + number % 3);
    switch (operation % 13) {
      case 0:
      case 1:
      case 2:
        return Put(id, number);
      case 3:
        return Get(id, 0, 0);
      case 4:
        return Get(id, number % 3000, 1 + number % 100);
      case 5:
        return Delete(id.version);
      case 6:
        return Close(id.version.session, number);
      case 7: {
        bool did_work = false;
        RC_ASSERT(store_->CompactOnce(&did_work).ok());
        return;
      }
      case 8:
        RC_ASSERT(store_->Tick().ok());
        return;
      case 9:
        return Open();
      case 10:
        return Crash(number);
      case 11:
        return LoseIndex();
      case 12:
        return Forget(id);
    }
  }

  void CompareAll() {
    for (uint32_t number = 0; number < 96; ++number) {
      Get(MakeChunkId(1 + number % 16, number / 16 % 2, 1 + number % 3), 0, 0);
    }
    const StoreStatistics statistics = store_->Statistics();
    uint64_t bytes = 0;
    for (const auto& [id, content] : chunks_) bytes += content.size();
    RC_ASSERT(statistics.chunks == chunks_.size());
    RC_ASSERT(statistics.chunk_bytes == bytes);
    RC_ASSERT(!statistics.failed);
    RC_ASSERT(statistics.quarantined_chunks == 0u);
    CompareInventory();
  }

 private:
  void Open() {
    store_.reset();
    auto store = SegmentChunkStore::Open(options_);
    RC_ASSERT(store.ok());
    store_ = *std::move(store);
    RC_ASSERT(store_->recovery().damaged_stretches == 0u);
  }

  void Crash(uint32_t seed) {
    disk_.CutPower();
    store_.reset();
    disk_.RestorePower(seed);
    Open();
  }

  void LoseIndex() {
    store_.reset();
    for (const std::string& path : disk_.Paths("/disk/node/index/")) {
      RC_ASSERT(disk_.files().Remove(path).ok());
    }
    Open();
  }

  void Put(const ChunkId& id, uint32_t number) {
    const std::string bytes = MakeBytes(id.version.sequence, 1 + number % 2000 * 37);
    const auto put = PutBytes(*store_, id, bytes);
    const auto known = chunks_.find(id);
    if (known != chunks_.end()) {
      if (known->second == bytes) {
        RC_ASSERT(put.ok() && *put == PutResult::kAlreadyStored);
      } else {
        RC_ASSERT(ReasonOf(put.status()) == v1::CHUNK_CONFLICT);
      }
    } else if (deleted_.contains(id.version)) {
      RC_ASSERT(ReasonOf(put.status()) == v1::VERSION_DELETED);
    } else if (closed_.contains(id.version.session)) {
      RC_ASSERT(ReasonOf(put.status()) == v1::SESSION_CLOSED);
    } else {
      RC_ASSERT(put.ok() && *put == PutResult::kStored);
      chunks_[id] = bytes;
    }
  }

  void Get(const ChunkId& id, uint64_t offset, uint64_t length) {
    const auto data = store_->Get(id, offset, length);
    const auto known = chunks_.find(id);
    if (known == chunks_.end()) {
      const ErrorReason reason = ReasonOf(data.status());
      RC_ASSERT(reason == v1::CHUNK_NOT_FOUND ||
                (reason == v1::CHUNK_UNKNOWN && store_->Statistics().uncertain));
    } else if (offset > known->second.size() || length > known->second.size() - offset) {
      RC_ASSERT(absl::IsOutOfRange(data.status()));
    } else {
      RC_ASSERT(data.ok());
      const std::string expected =
          known->second.substr(offset, length == 0 ? std::string::npos : length);
      RC_ASSERT(data->data == expected);
      RC_ASSERT(data->crc32c == Crc32c(expected));
      RC_ASSERT(data->chunk_size == known->second.size());
    }
    if (const auto cached = store_->TryGet(id, offset, length)) {
      RC_ASSERT(data.ok() && cached->data == data->data && cached->crc32c == data->crc32c);
    }
  }

  void Delete(const VersionId& version) {
    const auto result = store_->DeleteVersions({version});
    RC_ASSERT(result.ok());
    const size_t erased =
        std::erase_if(chunks_, [&](const auto& chunk) { return chunk.first.version == version; });
    RC_ASSERT(result->chunks == erased);
    deleted_.insert(version);
  }

  void Forget(const ChunkId& id) {
    RC_ASSERT(store_->inventory().Forget({id}).ok());
    chunks_.erase(id);
  }

  /// Every partition, listed in pages and summed up, with what one mark leaves out.
  void CompareInventory() {
    constexpr size_t kPartitions = 8;
    const DecidedMark mark{Generation(3), SessionId(2), 5};
    for (uint64_t p = 0; p < kPartitions; ++p) {
      std::map<ChunkId, size_t> expected;
      ChunkDigest sum;
      for (const auto& [id, content] : chunks_) {
        if (PartitionOf(id, kPartitions) != PartitionId(p)) continue;
        if (id.version.session == mark.session && id.version.sequence >= 5) continue;
        expected[id] = content.size();
        sum.Add(PlacementHash(id), content.size());
      }
      const auto digests = store_->inventory().Digests({PartitionId(p)}, kPartitions, {mark});
      RC_ASSERT(digests.ok());
      RC_ASSERT(digests->front() == sum);
      std::map<ChunkId, size_t> listed;
      std::optional<ChunkId> after;
      while (true) {
        const auto page = store_->inventory().List(PartitionId(p), kPartitions, after, 2, {mark});
        RC_ASSERT(page.ok());
        if (page->empty()) break;
        for (const ListedChunk& chunk : *page) listed[chunk.id] = chunk.size;
        after = page->back().id;
      }
      RC_ASSERT(listed == expected);
    }
  }

  void Close(SessionId session, uint32_t number) {
    if (number % 8 != 0) return;  // seldom: nothing can be put afterwards
    RC_ASSERT(store_->CloseSession(Generation(3), session).ok());
    closed_.insert(session);
  }

  SimulatedDisk disk_;
  EngineOptions options_;
  std::unique_ptr<SegmentChunkStore> store_;
  std::map<ChunkId, std::string> chunks_;
  std::set<VersionId> deleted_;
  std::set<SessionId> closed_;
};

RC_GTEST_PROP(SegmentChunkStore, BehavesLikeAMap,
              (const std::vector<std::pair<uint8_t, uint32_t>>& operations)) {
  Pair pair;
  for (const auto& [operation, number] : operations) pair.Do(operation, number);
  pair.CompareAll();
}

}  // namespace
}  // namespace trebol
