#pragma once

#include <memory>

#include "common/rpc/serve.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/service/map_view.h"

namespace grpc {
class Service;
}

namespace trebol {

/// trebol.v1.ChunkService over the plain functions of chunk_calls.h. `store` and `map` outlive it.
std::unique_ptr<grpc::Service> MakeChunkService(InternalDoor door, ChunkStore& store, MapView& map);

}  // namespace trebol
