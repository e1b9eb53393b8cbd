#include "gateway/cluster/map_cache.h"

#include <utility>

#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol {

std::shared_ptr<const ClusterMap> MapCache::Current() const {
  MutexLock lock(&mutex_);
  return current_;
}

absl::StatusOr<std::shared_ptr<const ClusterMap>> MapCache::WithTable() const {
  auto map = Current();
  if (map == nullptr || !map->has_table()) {
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     "the cluster is forming: it has no partition table until the declared number "
                     "of storage nodes has joined; see 'trebol cluster status'");
  }
  return map;
}

Task<void> MapCache::Refresh(RequestContextPtr context) {
  v1::GetClusterMapRequest request;
  if (auto known = Current()) request.set_known_epoch(known->epoch().value);
  CO_ASSIGN_OR_RETURN(v1::GetClusterMapResponse response,
                      co_await cluster_->GetClusterMap(std::move(context), request));
  if (!response.has_map()) co_return absl::OkStatus();
  CO_ASSIGN_OR_RETURN(std::shared_ptr<const ClusterMap> map,
                      ClusterMap::FromProto(std::move(*response.mutable_map())));
  MutexLock lock(&mutex_);
  if (current_ == nullptr || map->epoch() > current_->epoch()) current_ = std::move(map);
  co_return absl::OkStatus();
}

}  // namespace trebol
