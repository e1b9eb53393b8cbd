#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/ids.h"

namespace trebol {

/// Sums over the good copies of a range of placement hashes. Two stores with equal digests hold the
/// same chunks, but for one chance in 2^52 or less. A difference of digests is a digest too.
struct ChunkDigest {
  uint64_t chunks = 0;
  uint64_t bytes = 0;
  uint64_t hashes = 0;  // XOR

  void Add(uint64_t hash, uint64_t size) {
    ++chunks;
    bytes += size;
    hashes ^= hash;
  }
  void Subtract(uint64_t hash, uint64_t size) {
    --chunks;
    bytes -= size;
    hashes ^= hash;
  }
  void Combine(const ChunkDigest& other) {
    chunks += other.chunks;
    bytes += other.bytes;
    hashes ^= other.hashes;
  }
  friend bool operator==(const ChunkDigest&, const ChunkDigest&) = default;
};

/// The digest of every bucket of the hash space, as far as somebody asked for it: a bucket is
/// filled from the index once and kept up to date from then on. 2 MiB. Not thread-safe.
class DigestTable {
 public:
  /// A power of two, and at least as many as a cluster may have partitions.
  static constexpr size_t kBuckets = 65536;

  static size_t BucketOf(uint64_t hash) { return hash >> 48; }
  /// The first hash of the bucket; the last bucket ends with the hash space.
  static uint64_t FirstHash(size_t bucket) { return uint64_t{bucket} << 48; }

  const std::optional<ChunkDigest>& Find(size_t bucket) const {
    static const std::optional<ChunkDigest> kNone;
    return digests_.empty() ? kNone : digests_[bucket];
  }
  void Fill(size_t bucket, const ChunkDigest& digest) {
    if (digests_.empty()) digests_.resize(kBuckets);
    digests_[bucket] = digest;
  }
  /// Of a bucket that nobody has asked for this is no loss: it will be filled.
  void Change(size_t bucket, const ChunkDigest& difference) {
    if (!digests_.empty() && digests_[bucket]) digests_[bucket]->Combine(difference);
  }

 private:
  std::vector<std::optional<ChunkDigest>> digests_;  // by bucket; empty until the first is filled
};

/// The buckets of a partition: a power of two of them, beginning at a multiple.
struct BucketRange {
  size_t first = 0;
  size_t count = 0;
};
/// Needs a power of two of at most kBuckets partitions.
inline BucketRange BucketsOf(PartitionId partition, size_t partitions) {
  const size_t count = DigestTable::kBuckets / partitions;
  return {partition.value * count, count};
}

}  // namespace trebol
