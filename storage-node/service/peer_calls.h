#pragma once

#include "absl/status/statusor.h"
#include "storage-node/engine/chunk_inventory.h"
#include "storage-node/service/map_view.h"
#include "trebol/v1/chunk.pb.h"

namespace trebol {

/// What other storage nodes ask, as plain functions that may block (chunk.proto, PeerService). All
/// refuse what is meant for another node, and comparing ones answer only under a map at least as
/// new as the asker's. Thread-safe as their arguments are.

absl::StatusOr<v1::ComparePartitionsResponse> ComparePartitions(
    ChunkInventory& inventory, bool uncertain, MapView& map,
    const v1::ComparePartitionsRequest& request);

absl::StatusOr<v1::ListChunksResponse> ListChunks(ChunkInventory& inventory, MapView& map,
                                                  const v1::ListChunksRequest& request);

/// Under any map: what is held does not depend on one.
absl::StatusOr<v1::ListVersionsResponse> ListVersions(ChunkInventory& inventory,
                                                      uint64_t incarnation, const MapView& map,
                                                      const v1::ListVersionsRequest& request);

}  // namespace trebol
