#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "common/stub/storage_stub.h"
#include "gateway/cluster/gateway_session.h"
#include "gateway/cluster/map_cache.h"
#include "gateway/replication/node_memory.h"

namespace trebol {

/// Reads a chunk from one of its replicas and falls back to the others. Thread-safe.
class ReplicaReader {
 public:
  ReplicaReader(std::shared_ptr<StorageStub> storage, std::shared_ptr<MapCache> maps,
                std::shared_ptr<NodeMemory> nodes);

  /// Exactly `length` bytes (> 0) from `offset`, verified here against the checksum that the node
  /// gives for them. UNAVAILABLE (DATA_UNAVAILABLE) that names each node's failure when no
  /// reachable copy is good: never NOT_FOUND.
  Task<Bytes> Read(RequestContextPtr context, ChunkId id, uint64_t offset, uint64_t length);

 private:
  Task<Bytes> ReadFrom(RequestContextPtr context, NodeId node, ChunkId id, uint64_t offset,
                       uint64_t length);

  const std::shared_ptr<StorageStub> storage_;
  const std::shared_ptr<MapCache> maps_;
  const std::shared_ptr<NodeMemory> nodes_;
};

}  // namespace trebol
