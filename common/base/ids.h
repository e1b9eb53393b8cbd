#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// A number that never trades places with another kind of number.
template <typename Tag>
struct StrongId {
  uint64_t value = 0;

  constexpr StrongId() = default;
  constexpr explicit StrongId(uint64_t v) : value(v) {}
  friend constexpr auto operator<=>(StrongId, StrongId) = default;
  template <typename H>
  friend H AbslHashValue(H h, StrongId id) {
    return H::combine(std::move(h), id.value);
  }
};

/// A storage node, random, drawn when its superblock is made. 0 names none.
using NodeId = StrongId<struct NodeIdTag>;
/// A disk: random, drawn with the superblock; a replaced disk has another.
using DiskId = StrongId<struct DiskIdTag>;
/// One change of the cluster map, or of one partition in it.
using Epoch = StrongId<struct EpochTag>;
/// A place in the metadata log; the first entry has 1.
using LogIndex = StrongId<struct LogIndexTag>;
/// A licence to write, 64 random bits.
using SessionId = StrongId<struct SessionIdTag>;
/// One life of the namespace, 64 random bits.
using Generation = StrongId<struct GenerationTag>;
/// Never reused, not even after its bucket was deleted.
using BucketId = StrongId<struct BucketIdTag>;
/// A slice of the hash space: the index of its entry in the partition table.
using PartitionId = StrongId<struct PartitionIdTag>;

/// One upload attempt of an object's bytes; the id of its extent. Never reused.
struct VersionId {
  Generation generation;
  SessionId session;
  uint64_t sequence = 0;

  friend constexpr auto operator<=>(const VersionId&, const VersionId&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const VersionId& id) {
    return H::combine(std::move(h), id.generation, id.session, id.sequence);
  }
};

/// The chunk at `index` (from 0) of a version.
struct ChunkId {
  VersionId version;
  uint32_t index = 0;

  friend constexpr auto operator<=>(const ChunkId&, const ChunkId&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const ChunkId& id) {
    return H::combine(std::move(h), id.version, id.index);
  }
};

/// Sixteen hexadecimal digits, as ids are shown and typed.
std::string ToHex(uint64_t value);
/// INVALID_ARGUMENT if `text` is not 1 to 16 hexadecimal digits.
absl::StatusOr<uint64_t> FromHex(absl::string_view text);

template <typename Tag>
std::string ToString(StrongId<Tag> id) {
  return ToHex(id.value);
}
std::string ToString(const VersionId& id);
std::string ToString(const ChunkId& id);

/// Big-endian fixed-width forms: bytes sort as the ids do. 24 and 28 bytes.
inline constexpr size_t kVersionIdSize = 24;
inline constexpr size_t kChunkIdSize = 28;
void AppendVersionId(const VersionId& id, std::string* out);
void AppendChunkId(const ChunkId& id, std::string* out);
VersionId DecodeVersionId(absl::string_view bytes);  // exactly kVersionIdSize
ChunkId DecodeChunkId(absl::string_view bytes);      // exactly kChunkIdSize

}  // namespace trebol
