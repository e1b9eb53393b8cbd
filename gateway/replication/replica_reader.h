#pragma once

#include <list>
#include <memory>
#include <vector>

#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/task.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/resilience/hedge_budget.h"
#include "common/stub/storage_stub.h"
#include "gateway/cluster/map_cache.h"
#include "gateway/replication/chunk_read.h"
#include "gateway/replication/node_health.h"
#include "gateway/replication/replication_metrics.h"

namespace trebol {

/// Reads a chunk from one of its replicas and falls back to the others. A read that gets late is
/// asked of a second one as well, within a budget: the first good answer counts, the other request
/// is called off. Thread-safe.
class ReplicaReader {
 public:
  /// `storage` tells `nodes` of its calls.
  ReplicaReader(Runtime& runtime, std::shared_ptr<StorageStub> storage,
                std::shared_ptr<MapCache> maps, std::shared_ptr<NodeHealth> nodes,
                std::shared_ptr<ReplicationMetrics> metrics, const Clock& clock);

  /// Exactly `length` bytes (> 0) from `offset`, verified here against the checksum that the node
  /// gives for them. UNAVAILABLE (DATA_UNAVAILABLE) that names each node's failure when no
  /// reachable copy is good, under the newest map as well: never NOT_FOUND.
  Task<Bytes> Read(RequestContextPtr context, ChunkId id, uint64_t offset, uint64_t length);

 private:
  /// A read that may get late.
  struct Pending {
    Instant begun;
    absl::Duration late_after;
    std::shared_ptr<ChunkRead> read;
    bool refused = false;  // once at least, for want of budget
  };
  using PendingReads = std::list<Pending>;
  /// One that gets a second request.
  struct Late {
    RequestContextPtr context;
    std::shared_ptr<ChunkRead> read;
  };

  Task<Bytes> ReadOnce(RequestContextPtr context, std::shared_ptr<ChunkRead> read);
  /// The next nodes one after the other, until one has it.
  Task<Bytes> AskFirst(RequestContextPtr context, std::shared_ptr<ChunkRead> read);
  Task<void> AskSecond(RequestContextPtr context, std::shared_ptr<ChunkRead> read);
  /// Reads the beginning of it from a node that is late, for the time of the answer alone.
  Task<void> Try(std::shared_ptr<ChunkRead> read, NodeId node);
  Task<Bytes> Ask(RequestContextPtr context, std::shared_ptr<ChunkRead> read, NodeId node,
                  uint64_t length);
  void Note(ChunkRead& read, NodeId node, const absl::Status& status);

  PendingReads::iterator Expect(std::shared_ptr<ChunkRead> read);
  void Forget(PendingReads::iterator pending);
  /// While reads are pending: sends the second requests of those that are late.
  Task<void> Watch();
  /// Those that get a second request now. False when none is pending: then nobody watches.
  bool TakeLate(std::vector<Late>* late);

  Runtime& runtime_;
  const std::shared_ptr<StorageStub> storage_;
  const std::shared_ptr<MapCache> maps_;
  const std::shared_ptr<NodeHealth> nodes_;
  const std::shared_ptr<ReplicationMetrics> metrics_;
  const Clock& clock_;
  HedgeBudget hedges_;
  Mutex mutex_;
  PendingReads pending_ ABSL_GUARDED_BY(mutex_);  // the oldest first
  bool watched_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace trebol
