#pragma once

#include <atomic>
#include <deque>
#include <memory>

#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/semaphore.h"
#include "common/async/task.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/resilience/retry_budget.h"
#include "common/stub/storage_stub.h"
#include "gateway/cluster/gateway_session.h"
#include "gateway/cluster/map_cache.h"
#include "gateway/replication/node_health.h"
#include "gateway/replication/replication_metrics.h"
#include "gateway/replication/write_plan.h"

namespace trebol {

/// How many copies are enough? Sends a chunk to all members of its partition at once, in the place
/// of those that are away to a handoff with a hint, and answers when W nodes have it on disk. What
/// waits at the nodes for their disks is bounded; other writes wait here. Thread-safe.
class ReplicaWriter {
 public:
  /// `storage` tells `nodes` of its calls.
  ReplicaWriter(Runtime& runtime, std::shared_ptr<StorageStub> storage,
                std::shared_ptr<MapCache> maps, std::shared_ptr<GatewaySession> session,
                std::shared_ptr<NodeHealth> nodes, std::shared_ptr<ReplicationMetrics> metrics,
                const Clock& clock);

  /// OK: durable on W nodes under one epoch of the partition, in as many zones as the reachable
  /// ones allow. Otherwise UNAVAILABLE (QUORUM_NOT_MET), or RESOURCE_EXHAUSTED if all refused for
  /// that, naming each node's failure; some copies may exist. `permit` covers the bytes and is held
  /// until the last copy is done or given up.
  Task<void> Write(RequestContextPtr context, ChunkId id, Bytes data, uint32_t crc32c,
                   std::shared_ptr<Semaphore::Permit> permit);

  /// Gives up copies that are still on their way long after their write was acknowledged, so that a
  /// node that hangs does not hold the memory of the others' writes. Called every second.
  void Tick();

 private:
  struct ChunkWrite;
  struct Chunk;
  struct Straggler {
    Instant since;
    std::weak_ptr<Cancellation> cancellation;
  };

  /// One go under the map of now; STALE_EPOCH when a node knows a newer one.
  Task<void> WriteOnce(RequestContextPtr context, std::shared_ptr<const Chunk> chunk);
  Task<void> WriteCopy(std::shared_ptr<ChunkWrite> write, WritePlan::Target target);
  Task<void> Attempt(std::shared_ptr<ChunkWrite> write, WritePlan::Target target, bool with_entry);
  /// Sends the copy that `failed` did not take to another node; false when there is none or no
  /// need.
  bool Replace(const std::shared_ptr<ChunkWrite>& write, const WritePlan::Target& failed);
  void Start(const std::shared_ptr<ChunkWrite>& write, const WritePlan::Target& target);

  Runtime& runtime_;
  const std::shared_ptr<StorageStub> storage_;
  const std::shared_ptr<MapCache> maps_;
  const std::shared_ptr<GatewaySession> session_;
  const std::shared_ptr<NodeHealth> nodes_;
  const std::shared_ptr<ReplicationMetrics> metrics_;
  const Clock& clock_;
  const std::shared_ptr<Semaphore> sending_;  // bytes of chunks on their way to W copies
  RetryBudget retries_;
  std::atomic<uint64_t> seeds_;
  Mutex mutex_;
  std::deque<Straggler> stragglers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
