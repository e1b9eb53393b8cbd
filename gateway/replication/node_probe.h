#pragma once

#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "common/async/runtime.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/stub/storage_stub.h"
#include "gateway/cluster/map_cache.h"
#include "gateway/replication/node_health.h"

namespace trebol {

/// Asks the nodes of which only a call can tell how they are, when no request does: reads that were
/// answered by another copy say nothing of the node that was late, and without requests a breaker
/// would stay half-open for ever. Thread-safe.
class NodeProbe {
 public:
  /// `storage` tells `nodes` of its calls.
  NodeProbe(Runtime& runtime, std::shared_ptr<StorageStub> storage, std::shared_ptr<MapCache> maps,
            std::shared_ptr<NodeHealth> nodes)
      : runtime_(runtime),
        storage_(std::move(storage)),
        maps_(std::move(maps)),
        nodes_(std::move(nodes)) {}

  /// Asks each at most once at a time. Does not wait for them.
  void Tick();

 private:
  Runtime& runtime_;
  const std::shared_ptr<StorageStub> storage_;
  const std::shared_ptr<MapCache> maps_;
  const std::shared_ptr<NodeHealth> nodes_;
  Mutex mutex_;
  absl::flat_hash_set<NodeId> asked_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
