#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/mutex.h"
#include "common/cluster/cluster_map.h"
#include "common/stub/cluster_stub.h"

namespace trebol {

/// The newest cluster map that this gateway knows. Thread-safe. Holders of a map re-read it after
/// every wait.
class MapCache {
 public:
  explicit MapCache(std::shared_ptr<ClusterStub> cluster) : cluster_(std::move(cluster)) {}

  /// nullptr until the first refresh.
  std::shared_ptr<const ClusterMap> Current() const;
  /// UNAVAILABLE (NOT_READY) while there is no map or the map has no table yet.
  absl::StatusOr<std::shared_ptr<const ClusterMap>> WithTable() const;

  /// Asks metadata for a newer one.
  Task<void> Refresh(RequestContextPtr context);

 private:
  const std::shared_ptr<ClusterStub> cluster_;
  mutable Mutex mutex_;
  std::shared_ptr<const ClusterMap> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
