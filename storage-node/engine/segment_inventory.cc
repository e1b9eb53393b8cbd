#include "storage-node/engine/segment_inventory.h"

#include <string>

#include "absl/container/flat_hash_map.h"
#include "common/base/status_macros.h"
#include "common/cluster/placement_hash.h"

namespace trebol {
namespace {

// A page of versions ends behind the version that reaches it: some 100 ms of work.
constexpr uint64_t kMostChunksOfAPage = 100'000;

// Behind the keys of all its chunks.
std::string BehindVersion(const VersionId& version) {
  return rows::VersionChunksKey(version) + std::string(sizeof(uint32_t) + 1, '\xFF');
}

bool IsUndecided(const VersionId& version, absl::Span<const DecidedMark> undecided) {
  for (const DecidedMark& mark : undecided) {
    if (mark.session == version.session && mark.generation == version.generation) {
      return version.sequence >= mark.decided_below;
    }
  }
  return false;
}

/// Good copies of the versions that the mark leaves out, in digests by partition.
absl::Status AddUndecided(const ChunkIndex& index, const DecidedMark& mark, size_t partitions,
                          absl::flat_hash_map<PartitionId, ChunkDigest>* digests) {
  absl::Status damaged;
  const VersionId first{
      .generation = mark.generation, .session = mark.session, .sequence = mark.decided_below};
  RETURN_IF_ERROR(index.Visit(rows::SessionChunksKey(mark.generation, mark.session),
                              rows::VersionChunksKey(first),
                              [&](absl::string_view key, absl::string_view value) {
                                const auto row = rows::DecodeChunk(value);
                                if (!row) {
                                  damaged = DamagedIndex("a chunk's row cannot be read");
                                  return false;
                                }
                                if (row->quarantined()) return true;
                                const ChunkId id = rows::ParseChunkKey(key);
                                const auto digest = digests->find(PartitionOf(id, partitions));
                                if (digest == digests->end()) return true;
                                digest->second.Add(PlacementHash(id), row->size);
                                return true;
                              }));
  return damaged;
}

}  // namespace

absl::StatusOr<std::vector<ChunkDigest>> SegmentInventory::Digests(
    absl::Span<const PartitionId> asked, size_t partitions,
    absl::Span<const DecidedMark> undecided) {
  absl::flat_hash_map<PartitionId, ChunkDigest> left_out;
  for (const PartitionId partition : asked) left_out.emplace(partition, ChunkDigest());
  for (const DecidedMark& mark : undecided) {
    const absl::Status added = AddUndecided(index_, mark, partitions, &left_out);
    if (!added.ok()) return note_error_(added);
  }
  std::vector<ChunkDigest> digests;
  for (const PartitionId partition : asked) {
    auto digest = index_.Digest(BucketsOf(partition, partitions));
    if (!digest.ok()) return note_error_(digest.status());
    const ChunkDigest& less = left_out[partition];
    digest->chunks -= less.chunks;
    digest->bytes -= less.bytes;
    digest->hashes ^= less.hashes;
    digests.push_back(*digest);
  }
  return digests;
}

absl::StatusOr<std::vector<ListedChunk>> SegmentInventory::List(
    PartitionId partition, size_t partitions, const std::optional<ChunkId>& after, size_t limit,
    absl::Span<const DecidedMark> undecided) {
  const BucketRange buckets = BucketsOf(partition, partitions);
  std::string from = rows::FirstHashKey(DigestTable::FirstHash(buckets.first));
  if (after) from = rows::HashKey(PlacementHash(*after), *after) + '\0';  // the next possible key
  std::vector<ListedChunk> chunks;
  bool damaged = false;
  const absl::Status visited = index_.Visit(
      std::string(1, rows::kHashPrefix), from, [&](absl::string_view key, absl::string_view value) {
        const size_t bucket = DigestTable::BucketOf(rows::HashOfHashKey(key));
        if (bucket >= buckets.first + buckets.count || chunks.size() == limit) return false;
        const auto size = rows::DecodeSize(value);
        damaged = !size;
        if (damaged) return false;
        const ChunkId id = rows::ChunkOfHashKey(key);
        if (!IsUndecided(id.version, undecided)) chunks.push_back({.id = id, .size = *size});
        return true;
      });
  if (!visited.ok()) return note_error_(visited);
  if (damaged) return note_error_(DamagedIndex("a size cannot be read"));
  return chunks;
}

absl::StatusOr<VersionPage> SegmentInventory::Versions(const VersionId& after, size_t limit) {
  VersionPage page;
  uint64_t chunks = 0;
  absl::Status damaged;
  absl::Status visited = index_.Visit(std::string(1, rows::kChunkPrefix), BehindVersion(after),
                                      [&](absl::string_view key, absl::string_view value) {
                                        const VersionId version = rows::ParseChunkKey(key).version;
                                        const auto row = rows::DecodeChunk(value);
                                        if (!row) {
                                          damaged = DamagedIndex("a chunk's row cannot be read");
                                          return false;
                                        }
                                        std::vector<HeldVersion>& held = page.versions;
                                        if (held.empty() || held.back().version != version) {
                                          page.more =
                                              held.size() == limit || chunks >= kMostChunksOfAPage;
                                          if (page.more) return false;
                                          held.push_back({.version = version});
                                        }
                                        held.back().bytes += row->size;
                                        ++held.back().chunks;
                                        ++chunks;
                                        return true;
                                      });
  if (visited.ok()) visited = damaged;
  if (!visited.ok()) return note_error_(visited);
  return page;
}

void SegmentInventory::Heard(Generation generation, SessionId session) {
  MutexLock lock(&mutex_);
  heard_.insert({generation, session});
}

absl::StatusOr<std::vector<DecidedMark>> SegmentInventory::DecidedMarks() {
  // Others may have ended while this node was away, and on a disk of an earlier time nothing says
  // so: what they left would never be compared.
  std::set<std::pair<Generation, SessionId>> heard_now;
  {
    MutexLock lock(&mutex_);
    heard_now = heard_;
  }
  std::vector<DecidedMark> marks;
  absl::Status damaged;
  const std::string prefix(1, rows::kSessionPrefix);
  absl::Status visited =
      index_.Visit(prefix, prefix, [&](absl::string_view, absl::string_view value) {
        const auto row = rows::DecodeSession(value);
        if (!row) {
          damaged = DamagedIndex("a session's row cannot be read");
          return false;
        }
        const auto closed = index_.FindClosed(row->marks.generation, row->marks.session);
        damaged = closed.status();
        if (!damaged.ok()) return false;
        const bool lives = heard_now.contains({row->marks.generation, row->marks.session});
        if (!*closed && lives) {
          marks.push_back({row->marks.generation, row->marks.session, row->marks.decided_below});
        }
        return true;
      });
  if (visited.ok()) visited = damaged;
  if (!visited.ok()) return note_error_(visited);
  return marks;
}

absl::Status SegmentInventory::Forget(absl::Span<const ChunkId> chunks) {
  std::vector<LogEntry> entries;
  for (const ChunkId& id : chunks) {
    const auto row = index_.FindChunk(id);
    if (!row.ok()) return note_error_(row.status());
    if (!*row || (*row)->quarantined()) continue;
    entries.push_back({.record = ForgetRecord{.id = id, .place = (*row)->place}});
  }
  if (entries.empty()) return absl::OkStatus();
  return commit_.Append(absl::MakeSpan(entries));
}

absl::Status SegmentInventory::BecomeCertain() {
  if (!index_.state().uncertain) return absl::OkStatus();
  LogEntry entry{.record = UncertainRecord{.uncertain = false}};
  return commit_.Append(absl::MakeSpan(&entry, 1));
}

}  // namespace trebol
