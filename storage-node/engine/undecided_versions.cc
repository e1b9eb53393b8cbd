#include "storage-node/engine/undecided_versions.h"

#include <algorithm>
#include <limits>
#include <string>

#include "common/base/status_macros.h"

namespace trebol {
namespace {

// Adds what is held with a sequence in [from, to] to `held`.
absl::Status AddRange(const ChunkIndex& index, Generation generation, SessionId session,
                      uint64_t from, uint64_t to, size_t limit, std::vector<HeldVersion>* held) {
  absl::Status damaged;
  const VersionId first{.generation = generation, .session = session, .sequence = from};
  RETURN_IF_ERROR(index.Visit(rows::SessionChunksKey(generation, session),
                              rows::VersionChunksKey(first),
                              [&](absl::string_view key, absl::string_view value) {
                                const VersionId version = rows::ParseChunkKey(key).version;
                                if (version.sequence > to) return false;
                                const auto row = rows::DecodeChunk(value);
                                if (!row) {
                                  damaged = DamagedIndex("a chunk's row cannot be read");
                                  return false;
                                }
                                if (held->empty() || held->back().version != version) {
                                  if (held->size() == limit) return false;
                                  held->push_back({.version = version});
                                }
                                held->back().bytes += row->size;
                                ++held->back().chunks;
                                return true;
                              }));
  return damaged;
}

}  // namespace

absl::StatusOr<std::vector<HeldVersion>> FindUndecidedVersions(const ChunkIndex& index,
                                                               Generation generation,
                                                               SessionId session,
                                                               uint64_t after_sequence,
                                                               size_t limit) {
  ASSIGN_OR_RETURN(const auto known, index.FindSession(generation, session));
  const SessionMarks marks = known ? known->marks : SessionMarks();
  const uint64_t first = after_sequence == 0 ? 0 : after_sequence + 1;
  std::vector<HeldVersion> held;
  for (uint64_t open : marks.open) {  // sorted, below the mark
    if (open < first || open >= marks.decided_below || held.size() == limit) continue;
    RETURN_IF_ERROR(AddRange(index, generation, session, open, open, limit, &held));
  }
  if (held.size() < limit) {
    RETURN_IF_ERROR(AddRange(index, generation, session, std::max(first, marks.decided_below),
                             std::numeric_limits<uint64_t>::max(), limit, &held));
  }
  return held;
}

}  // namespace trebol
