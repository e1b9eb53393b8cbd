#pragma once

#include <deque>
#include <memory>
#include <string>

#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/semaphore.h"
#include "common/async/task.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/stub/storage_stub.h"
#include "gateway/cluster/gateway_session.h"
#include "gateway/cluster/map_cache.h"
#include "gateway/replication/node_memory.h"

namespace trebol {

/// How many copies are enough? Sends a chunk to all of its partition's nodes at once and answers
/// when W of them have it on disk. What waits at the nodes for their disks is bounded; other writes
/// wait here. Thread-safe.
class ReplicaWriter {
 public:
  ReplicaWriter(Runtime& runtime, std::shared_ptr<StorageStub> storage,
                std::shared_ptr<MapCache> maps, std::shared_ptr<GatewaySession> session,
                std::shared_ptr<NodeMemory> nodes, const Clock& clock);

  /// OK: durable on W nodes, in as many zones as the reachable ones allow. Otherwise UNAVAILABLE
  /// (QUORUM_NOT_MET), or RESOURCE_EXHAUSTED if all refused for that, naming each node's failure;
  /// some copies may exist. `permit` covers the bytes and is held until the last copy is done or
  /// given up.
  Task<void> Write(RequestContextPtr context, ChunkId id, Bytes data, uint32_t crc32c,
                   std::shared_ptr<Semaphore::Permit> permit);

  /// Gives up copies that are still on their way long after their write was acknowledged, so that a
  /// node that hangs does not hold the memory of the others' writes. Called every second.
  void Tick();

 private:
  struct ChunkWrite;
  struct Straggler {
    Instant since;
    std::weak_ptr<Cancellation> cancellation;
  };

  Task<void> WriteCopy(std::shared_ptr<ChunkWrite> write, NodeId node, std::string zone);
  Task<void> Attempt(std::shared_ptr<ChunkWrite> write, NodeId node);

  Runtime& runtime_;
  const std::shared_ptr<StorageStub> storage_;
  const std::shared_ptr<MapCache> maps_;
  const std::shared_ptr<GatewaySession> session_;
  const std::shared_ptr<NodeMemory> nodes_;
  const Clock& clock_;
  const std::shared_ptr<Semaphore> sending_;  // bytes of chunks on their way to W copies
  Mutex mutex_;
  std::deque<Straggler> stragglers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
