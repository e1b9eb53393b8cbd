#pragma once

#include <memory>

#include "common/rpc/serve.h"
#include "storage-node/engine/chunk_inventory.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/service/map_view.h"

namespace grpc {
class Service;
}

namespace trebol {

/// PeerService over gRPC: what other storage nodes ask. Its arguments must outlive it.
std::unique_ptr<grpc::Service> MakePeerService(InternalDoor door, ChunkStore& store,
                                               ChunkInventory& inventory, MapView& map);

}  // namespace trebol
