#pragma once

#include <cstdint>
#include <memory>

#include "common/base/limits.h"
#include "common/rpc/serve.h"
#include "storage-node/engine/chunk_store.h"
#include "storage-node/service/map_view.h"

namespace grpc {
class Service;
}

namespace trebol {

inline constexpr uint64_t kPutMemory = 256 * kMiB;

/// trebol.v1.ChunkService over the plain functions of chunk_calls.h. `store` and `map` outlive it.
/// Puts that run or wait hold at most `put_memory` bytes; more are refused as OVERLOADED.
std::unique_ptr<grpc::Service> MakeChunkService(InternalDoor door, ChunkStore& store, MapView& map,
                                                uint64_t put_memory = kPutMemory);

}  // namespace trebol
