#pragma once

#include <atomic>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/mutex.h"
#include "common/checksum/crc32c.h"
#include "common/cluster/placement_hash.h"
#include "storage-node/engine/chunk_inventory.h"
#include "storage-node/engine/chunk_store.h"

namespace trebol {

/// A ChunkStore in memory that keeps what it was told, with its inventory. Thread-safe.
class FakeChunkStore final : public ChunkStore, public ChunkInventory {
 public:
  std::vector<absl::StatusOr<PutResult>> PutMany(absl::Span<const ChunkPut> puts) override {
    std::vector<absl::StatusOr<PutResult>> results;
    for (const ChunkPut& put : puts) {
      results.push_back(PutOne(put.id, put.data, put.crc32c, put.options));
    }
    return results;
  }
  absl::StatusOr<PutResult> PutOne(const ChunkId& id, const Bytes& data, uint32_t crc32c,
                                   const PutOptions& options) {
    MutexLock lock(&mutex_);
    ++held_;
    changed_.NotifyAll();
    while (holding_) changed_.Wait(&mutex_);
    --held_;
    last_options = options;
    if (!failure.ok()) return failure;
    if (Crc32c(data) != crc32c) {
      return MakeError(absl::StatusCode::kInvalidArgument, v1::CHECKSUM_MISMATCH, "other bytes");
    }
    if (deleted_.contains(id.version)) {
      return MakeError(absl::StatusCode::kFailedPrecondition, v1::VERSION_DELETED, "deleted");
    }
    if (quarantined_.erase(id) > 0) chunks_.erase(id);
    const auto [at, stored] = chunks_.emplace(id, data);
    if (stored) hints_[id] = options.hint_for;
    if (!stored && at->second != data) {
      return MakeError(absl::StatusCode::kAlreadyExists, v1::CHUNK_CONFLICT, "other bytes");
    }
    return stored ? PutResult::kStored : PutResult::kAlreadyStored;
  }

  absl::StatusOr<ChunkData> Get(const ChunkId& id, uint64_t offset, uint64_t length) override {
    MutexLock lock(&mutex_);
    if (!failure.ok()) return failure;
    const auto at = chunks_.find(id);
    if (at == chunks_.end()) {
      return MakeError(absl::StatusCode::kNotFound, v1::CHUNK_NOT_FOUND, "absent");
    }
    if (spoiled_.erase(id) > 0) quarantined_.insert(id);
    if (quarantined_.contains(id)) {
      return MakeError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT, "a bad copy");
    }
    ++reads_;
    if (rotten) {
      found_bad_.insert(id);
      return MakeError(absl::StatusCode::kDataLoss, v1::CHUNK_CORRUPT, "bad");
    }
    const size_t size = at->second.size();
    if (offset > size || length > size - offset) return absl::OutOfRangeError("beyond the end");
    ChunkData chunk;
    chunk.data = at->second.Subcord(offset, length == 0 ? size - offset : length);
    chunk.crc32c = Crc32c(chunk.data);
    chunk.chunk_size = static_cast<uint32_t>(size);
    return chunk;
  }

  std::optional<ChunkData> TryGet(const ChunkId& id, uint64_t offset, uint64_t length) override {
    auto chunk = Get(id, offset, length);
    if (cold || !chunk.ok() || chunk->data.size() > kMostOfTryGet) return std::nullopt;
    return *std::move(chunk);
  }

  absl::StatusOr<ChunkStat> Stat(const ChunkId& id) override {
    MutexLock lock(&mutex_);
    if (deleted_.contains(id.version)) return ChunkStat{ChunkState::kDeleted};
    const auto at = chunks_.find(id);
    if (at == chunks_.end())
      return ChunkStat{uncertain ? ChunkState::kUnknown : ChunkState::kAbsent};
    if (quarantined_.contains(id) || found_bad_.contains(id))
      return ChunkStat{ChunkState::kCorrupt};
    return ChunkStat{.state = ChunkState::kPresent,
                     .size = static_cast<uint32_t>(at->second.size()),
                     .crc32c = Crc32c(at->second),
                     .hint_for = hints_[id],
                     .verified_since = verified_since};
  }

  absl::StatusOr<DeleteResult> DeleteVersions(absl::Span<const VersionId> versions) override {
    MutexLock lock(&mutex_);
    DeleteResult result;
    for (const VersionId& version : versions) {
      deleted_.insert(version);
      std::erase_if(chunks_, [&](const auto& chunk) {
        if (chunk.first.version != version) return false;
        ++result.chunks;
        result.bytes += chunk.second.size();
        return true;
      });
    }
    return result;
  }

  absl::Status RecordSession(const SessionMarks& marks, const LogLineage& lineage) override {
    MutexLock lock(&mutex_);
    last_marks = marks;
    last_lineage = lineage;
    return failure;
  }
  absl::Status CloseSession(Generation, SessionId) override { return absl::OkStatus(); }
  absl::Status InstallEpochs(absl::Span<const InstalledEpoch> epochs) override {
    MutexLock lock(&mutex_);
    if (!failure.ok()) return failure;
    installed.insert(installed.end(), epochs.begin(), epochs.end());
    ++installations;
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<HeldVersion>> UndecidedVersions(Generation, SessionId, uint64_t,
                                                             size_t) override {
    return std::vector<HeldVersion>();
  }
  void NoteLineage(const LogLineage&) override {}

  absl::StatusOr<std::vector<ChunkDigest>> Digests(absl::Span<const PartitionId> asked,
                                                   size_t partitions,
                                                   absl::Span<const DecidedMark>) override {
    std::vector<ChunkDigest> digests(asked.size());
    MutexLock lock(&mutex_);
    for (const auto& [id, bytes] : chunks_) {
      for (size_t i = 0; i < asked.size(); ++i) {
        if (PartitionOf(id, partitions) != asked[i] || quarantined_.contains(id)) continue;
        digests[i].Add(PlacementHash(id), bytes.size());
      }
    }
    return digests;
  }
  absl::StatusOr<std::vector<ListedChunk>> List(PartitionId partition, size_t partitions,
                                                const std::optional<ChunkId>& after, size_t limit,
                                                absl::Span<const DecidedMark>) override {
    std::map<std::pair<uint64_t, ChunkId>, uint32_t> sorted;
    MutexLock lock(&mutex_);
    for (const auto& [id, bytes] : chunks_) {
      if (PartitionOf(id, partitions) != partition || quarantined_.contains(id)) continue;
      sorted[{PlacementHash(id), id}] = static_cast<uint32_t>(bytes.size());
    }
    std::vector<ListedChunk> chunks;
    auto at = after ? sorted.upper_bound({PlacementHash(*after), *after}) : sorted.begin();
    for (; at != sorted.end() && chunks.size() < limit; ++at) {
      chunks.push_back({.id = at->first.second, .size = at->second});
    }
    return chunks;
  }
  absl::StatusOr<VersionPage> Versions(const VersionId& after, size_t limit) override {
    MutexLock lock(&mutex_);
    VersionPage page;
    for (const auto& [id, bytes] : chunks_) {  // by id, so by version
      if (id.version <= after) continue;
      if (page.versions.empty() || page.versions.back().version != id.version) {
        page.more = page.versions.size() == limit;
        if (page.more) break;
        page.versions.push_back({.version = id.version});
      }
      page.versions.back().bytes += bytes.size();
      ++page.versions.back().chunks;
    }
    return page;
  }
  absl::StatusOr<std::vector<DecidedMark>> DecidedMarks() override {
    return std::vector<DecidedMark>();
  }
  absl::Status Forget(absl::Span<const ChunkId> chunks) override {
    MutexLock lock(&mutex_);
    for (const ChunkId& id : chunks) chunks_.erase(id);
    return absl::OkStatus();
  }
  absl::Status BecomeCertain() override {
    uncertain = false;
    return absl::OkStatus();
  }
  bool Has(const ChunkId& id) {
    MutexLock lock(&mutex_);
    return chunks_.contains(id);
  }
  /// The copy's bytes rot; nobody knows before they are read.
  void Spoil(const ChunkId& id) {
    MutexLock lock(&mutex_);
    spoiled_.insert(id);
  }
  StoreStatistics Statistics() override { return {}; }

  int reads() {
    MutexLock lock(&mutex_);
    return reads_;
  }

  /// Puts wait until Release, as before a disk that stalls.
  void Hold() {
    MutexLock lock(&mutex_);
    holding_ = true;
  }
  void Release() {
    MutexLock lock(&mutex_);
    holding_ = false;
    changed_.NotifyAll();
  }
  void AwaitHeld(int puts) {
    MutexLock lock(&mutex_);
    while (held_ < puts) changed_.Wait(&mutex_);
  }

  // Set and read while no call runs.
  absl::Status failure;
  bool uncertain = false;
  bool rotten = false;  // every copy that is read turns out bad
  absl::Time verified_since = absl::InfinitePast();
  std::atomic<bool> cold = false;  // nothing is in memory
  PutOptions last_options;
  SessionMarks last_marks;
  LogLineage last_lineage;
  std::vector<InstalledEpoch> installed;
  int installations = 0;

 private:
  Mutex mutex_;
  CondVar changed_;
  bool holding_ ABSL_GUARDED_BY(mutex_) = false;
  int held_ ABSL_GUARDED_BY(mutex_) = 0;
  int reads_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<ChunkId, Bytes> chunks_ ABSL_GUARDED_BY(mutex_);
  std::map<ChunkId, NodeId> hints_ ABSL_GUARDED_BY(mutex_);
  std::set<ChunkId> found_bad_ ABSL_GUARDED_BY(mutex_);
  std::set<VersionId> deleted_ ABSL_GUARDED_BY(mutex_);
  std::set<ChunkId> spoiled_ ABSL_GUARDED_BY(mutex_);
  std::set<ChunkId> quarantined_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
