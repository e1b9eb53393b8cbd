#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "storage-node/engine/chunk_index.h"
#include "storage-node/engine/chunk_store.h"

namespace trebol {

/// The versions of a session that are held here and not known to be decided: at or above its
/// decided mark, or listed as open below it. Those with a sequence above `after_sequence` (0: all),
/// `limit` at most. Costs one step in the index for each chunk that is reported, not for those
/// passed over.
absl::StatusOr<std::vector<HeldVersion>> FindUndecidedVersions(const ChunkIndex& index,
                                                               Generation generation,
                                                               SessionId session,
                                                               uint64_t after_sequence,
                                                               size_t limit);

}  // namespace trebol
