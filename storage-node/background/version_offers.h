#pragma once

#include <memory>
#include <vector>

#include "common/async/runtime.h"
#include "common/base/ids.h"
#include "common/stub/cluster_stub.h"
#include "storage-node/engine/chunk_store.h"

namespace trebol {

/// After a gateway's session closed, offers metadata the versions of it that this node holds and
/// that were not decided, so that what an upload left behind is found. Metadata's collector deletes
/// what is garbage; this room never does. Not thread-safe: one thread drives it.
class VersionOffers {
 public:
  VersionOffers(Runtime& runtime, std::shared_ptr<ClusterStub> metadata, NodeId self,
                ChunkStore& store)
      : runtime_(runtime), metadata_(std::move(metadata)), self_(self), store_(store) {}

  /// True when nothing of the session is left to offer. An error: try again at the next tick.
  absl::StatusOr<bool> Settle(Generation generation, SessionId session);

 private:
  Runtime& runtime_;
  const std::shared_ptr<ClusterStub> metadata_;
  const NodeId self_;
  ChunkStore& store_;
};

}  // namespace trebol
