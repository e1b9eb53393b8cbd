#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "common/async/runtime.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/stub/storage_stub.h"
#include "gateway/cluster/gateway_session.h"
#include "gateway/cluster/map_cache.h"

namespace trebol {

/// Tells every storage node once a second which of this session's versions are decided, so that
/// when the session ends a node has little left to ask about. Thread-safe.
class SessionReporter {
 public:
  SessionReporter(Runtime& runtime, std::shared_ptr<StorageStub> storage,
                  std::shared_ptr<MapCache> maps, std::shared_ptr<GatewaySession> session)
      : runtime_(runtime),
        storage_(std::move(storage)),
        maps_(std::move(maps)),
        session_(std::move(session)) {}

  /// Sends to the nodes that know less. Does not wait for them.
  void Tick();

 private:
  struct Sent {
    std::string report;  // serialised, as the node confirmed it
    bool in_flight = false;
  };

  Runtime& runtime_;
  const std::shared_ptr<StorageStub> storage_;
  const std::shared_ptr<MapCache> maps_;
  const std::shared_ptr<GatewaySession> session_;
  Mutex mutex_;
  absl::flat_hash_map<NodeId, Sent> sent_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
